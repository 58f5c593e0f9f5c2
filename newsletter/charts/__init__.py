"""Charts: turn a CSV file into a drawing, its alternative text and its data table.

A pipeline of pure functions; only the first step reads a file:

    CSV ─rows→ data_table.py  the table with the position of every cell
        ─plan→ plan.py        what to show: categories, series, order, highlight
                              (model/chart.py: `ChartPlan`)
        ─marks→ kinds/        one module per chart kind: rectangles, lines, dots, labels in pixels
        ─SVG→ svg.py          for the web page (inline, colors as variables) and for images
        ─PNG→ png.py          through resvg with only the packaged fonts: same bytes everywhere
    ChartPlan ─→ words.py     the alternative text: kind, subject and finding
              ─→ model        the table, for the text part and below the image

Each chart is drawn in two widths (the email's column, a phone) and two color schemes. `fonts.py`
measures text with the fonts' own widths, so labels are placed before drawing and never overlap;
`scales.py` computes ticks and time scales, `numerals.py` formats numbers in the issue's language,
`palette.py` derives colors from the theme and checks their contrast.

No SVG is accepted from an author: every string is escaped, and no drawing refers to a file.
"""
