// The peers, warm: the same issue's MJML -> HTML -> inlined, repeatedly in one process.
import { readFileSync } from "node:fs";
import juice from "juice";
import mjml from "mjml";

const [file, rounds] = process.argv.slice(2);
const source = readFileSync(file, "utf8");
const times = { mjml: [], juice: [] };
// CPU seconds, as in warm.py.
const now = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
let inlined;
for (let number = 0; number < Number(rounds) + 20; number++) {
  const started = now();
  const { html } = await mjml(source);
  const between = now();
  // Only the theme's own sheet is inlined, as in ours; juice skips sheets with data-embed.
  inlined = juice(html.replaceAll('<style type="text/css">', '<style type="text/css" data-embed>'));
  const ended = now();
  if (number >= 20) {
    times.mjml.push(between - started);
    times.juice.push(ended - between);
  }
}
console.log(JSON.stringify({ ...times, bytes: Buffer.byteLength(inlined) }));
