// Fills in what handlebars.js makes of each case in cases.json, so that our renderer can be held to it where
// there is no node. Run it again after adding cases:
//   cd "$(mktemp -d)" && npm install handlebars@4.7.10 && node PATH/TO/record.mjs
// SES does not escape and refuses what the data lacks (strict). (noEscape would add up neighbouring numbers.)
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const handlebars = createRequire(`${process.cwd()}/`)("handlebars");
handlebars.Utils.escapeExpression = (value) => (value === null || value === undefined ? "" : String(value));
const file = new URL("cases.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8"));
for (const one of cases) {
  delete one.text;
  delete one.error;
  try {
    one.text = handlebars.compile(one.template, { strict: true })(one.data ?? {});
  } catch (problem) {
    one.error = problem.message.split("\n")[0];
  }
}
writeFileSync(file, JSON.stringify(cases, null, 1) + "\n");
console.log(`${cases.length} cases by handlebars ${handlebars.VERSION}`);
