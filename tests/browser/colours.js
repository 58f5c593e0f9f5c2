// Return every visible piece of text with its computed colours, as sRGB from 0 to 255.
// A client that forces dark mode inverts the lightness of colours ("inverted"). Outlook.com does so too, marks what
// it darkened, and then applies the email's own rules for [data-ogsc] and [data-ogsb] ("outlook").
(look) => {
  const parse = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, under) => ({
    r: top.r * top.a + under.r * (1 - top.a),
    g: top.g * top.a + under.g * (1 - top.a),
    b: top.b * top.a + under.b * (1 - top.a),
    a: 1,
  });
  const invert = ({ r, g, b, a }) => {
    // Invert the HSL lightness; keep hue and saturation.
    const high = Math.max(r, g, b), low = Math.min(r, g, b), shift = 255 - high - low;
    return { r: r + shift, g: g + shift, b: b + shift, a };
  };
  const linear = (value) => (value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ({ r, g, b }) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const every = [document.documentElement, ...document.querySelectorAll("*")];
  const computed = () => new Map(every.map((element) => {
    const style = getComputedStyle(element);
    return [element, { color: style.color, backgroundColor: style.backgroundColor }];
  }));
  const plain = computed();
  const mail = document.body.firstElementChild;
  for (const mark of ["data-ogsc", "data-ogsb"]) mail.toggleAttribute(mark, look === "outlook");
  const marked = computed();
  for (const mark of ["data-ogsc", "data-ogsb"]) mail.removeAttribute(mark);
  const turned = look === "inverted" || look === "outlook";
  const colour = (element, property) => {
    const [before, after] = [plain.get(element)[property], marked.get(element)[property]];
    return turned && before === after ? invert(parse(before)) : parse(after);
  };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const layer = colour(at, "backgroundColor");
      if (layer.a) layers.push(layer);
      if (layer.a === 1) break;
    }
    const paper = turned || matchMedia("(prefers-color-scheme:dark)").matches ? 18 : 255;
    return layers.reverse().reduce((under, top) => over(top, under), { r: paper, g: paper, b: paper, a: 1 });
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility() || element.closest("script,style")) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const back = ground(element);
    const fore = over(colour(element, "color"), back);
    const [light, dark] = [fore, back].map(luminance).sort((a, b) => b - a);
    found.push({
      text: node.data.trim().slice(0, 40),
      ratio: (light + 0.05) / (dark + 0.05),
      // WCAG 2.2: 18 pt, or 14 pt bold
      needed: size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5,
      colours: [fore, back].map(({ r, g, b }) => `rgb(${r}, ${g}, ${b})`),
    });
  }
  return found;
}
