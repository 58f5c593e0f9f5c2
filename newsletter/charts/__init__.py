"""Charts: a CSV becomes a drawing, its alternative text and its table.

One straight line, values in and values out; only the first step reads a file:

    CSV ─rows→ table.py      columns with their types: numbers, periods of time, words
        ─plan→ plan.py       what is shown: categories, series, order, highlight (model/chart.py: `ChartPlan`)
        ─marks→ kinds/       one file a kind of chart: rectangles, lines, dots and labels in pixels
        ─SVG→ svg.py         own SVG: for the web page (inline, colours as variables) and for pictures
        ─PNG→ png.py         through resvg, with the packaged fonts and no others: same bytes on every machine
    ChartPlan ─→ words.py    the alternative text: kind, what, and the finding
              ─→ model       the table, for the text part and below the picture

A drawing comes in two widths (the column of the email, a phone) and two colour schemes. `fonts.py` measures
text with the fonts' own widths, so that labels are placed before they are drawn and never overlap;
`scales.py` has ticks and time, `numerals.py` the numbers of the issue's language, `palette.py` the colours of
the theme and their contrast.

Nothing here takes SVG from an author: every string is escaped, and no drawing refers to a file.
"""
