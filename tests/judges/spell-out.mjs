// Writes a document as the judges have to be given it:  node spell-out.mjs DOCUMENT COPY
//
// Four things are on the wire that OpenAPI 3.0 has words for which these tools do not read:
//
// * A reference that may be null is `{ nullable: true, allOf: [{ $ref }] }`. The tools take null for wrong there,
//   because the member of the `allOf` does not allow it. The copy says `anyOf`: the reference, or null.
// * A form field that holds JSON text is `encoding: { field: { contentType: application/json } }`. The tools expect
//   the field's schema in the form itself. The copy calls the field a string, and writes its examples as text. The
//   schemas of such fields are left out, where nothing else uses them.
// * A variable in the path of the first server is a part of every path. The tools are given an address, and ask for
//   no variables. The copy has that path before each of its own, with a parameter.
// * What the JSON text in a string is made of is `x-json-text`. The tools take that schema for one that nothing uses.
//   The copy does without both.
//
// Everything else is as in the document.
import { readFileSync, writeFileSync } from "node:fs";

const FORM = "application/x-www-form-urlencoded";
const [source, copy] = process.argv.slice(2);
const root = JSON.parse(readFileSync(source, "utf8"));

const at = (reference) =>
  reference.slice(2).split("/").reduce((value, part) => value[part.replaceAll("~1", "/").replaceAll("~0", "~")], root);

function nullableReferences(value) {
  if (value === null || typeof value !== "object") return;
  Object.values(value).forEach(nullableReferences);
  if (value.nullable === true && Array.isArray(value.allOf) && value.allOf.length === 1 && value.allOf[0].$ref) {
    value.anyOf = [value.allOf[0], { type: "object", nullable: true, enum: [null] }];
    delete value.allOf;
    delete value.nullable;
    delete value.type;
  }
}

function formsWithJson(value) {
  if (value === null || typeof value !== "object") return;
  Object.values(value).forEach(formsWithJson);
  const form = value.content?.[FORM];
  for (const [field, rules] of Object.entries(form?.encoding ?? {})) {
    if (rules.contentType !== "application/json") continue;
    const schema = form.schema.$ref ? at(form.schema.$ref) : form.schema;
    const { description } = schema.properties[field];
    schema.properties[field] = { type: "string", description };
    const examples = Object.values(form.examples ?? {}).map((example) => (example.$ref ? at(example.$ref) : example).value);
    for (const example of [form.example, schema.example, ...examples]) {
      if (example?.[field] !== undefined) example[field] = JSON.stringify(example[field]);
    }
    delete form.encoding[field];
  }
  if (form?.encoding && Object.keys(form.encoding).length === 0) delete form.encoding;
}

function jsonTexts(value) {
  if (value === null || typeof value !== "object") return;
  Object.values(value).forEach(jsonTexts);
  delete value["x-json-text"];
}

function variablesInServers() {
  const server = root.servers?.[0];
  const [, origin, path] = /^(https?:\/\/[^/]+)(\/.*)?$/.exec(server?.url ?? "") ?? [];
  if (!path?.includes("{")) return;
  const parameters = Object.entries(server.variables ?? {})
    .filter(([name]) => path.includes(`{${name}}`))
    .map(([name, { default: example, description }]) =>
      ({ name, in: "path", required: true, description, schema: { type: "string" }, example }));
  root.servers = [{ url: origin, description: server.description }];
  root.paths = Object.fromEntries(Object.entries(root.paths).map(([own, item]) =>
    [path + own, { ...item, parameters: [...parameters, ...(item.parameters ?? [])] }]));
}

function references(value, found = new Set()) {
  if (value === null || typeof value !== "object") return found;
  if (typeof value.$ref === "string") found.add(value.$ref);
  Object.values(value).forEach((inner) => references(inner, found));
  return found;
}

const before = references(root);
nullableReferences(root);
formsWithJson(root);
jsonTexts(root);
variablesInServers();
for (let left = true; left; ) {
  const used = references(root);
  const unused = Object.keys(root.components?.schemas ?? {})
    .filter((name) => before.has(`#/components/schemas/${name}`) && !used.has(`#/components/schemas/${name}`));
  unused.forEach((name) => delete root.components.schemas[name]);
  left = unused.length > 0;
}
writeFileSync(copy, JSON.stringify(root, null, 2) + "\n");
