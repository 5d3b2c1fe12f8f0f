// GitHub's own parser. Bundled before it runs, because its JSON imports lack the attributes that Node asks for.
import { readFile } from "node:fs/promises";
import { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } from "@actions/workflow-parser";

async function check(name) {
  const { context, value } = parseWorkflow({ name, content: await readFile(name, "utf8") }, new NoOperationTraceWriter());
  if (value) {
    await convertWorkflowTemplate(context, value);
  }
  for (const error of context.errors.getErrors()) {
    console.log(error.message);
  }
}

process.argv.slice(2).reduce((before, name) => before.then(() => check(name)), Promise.resolve());
