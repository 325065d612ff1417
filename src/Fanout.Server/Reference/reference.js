// Shows /api/openapi.json. Everything goes into the page as text: nothing of the description can become markup.
"use strict";

const methods = ["get", "post", "put", "patch", "delete"];

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) made.setAttribute(key, value);
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

function row(cell, values) {
  return element("tr", {}, ...values.map(value => element(cell, {}, value)));
}

function table(titles, rows) {
  return rows.length === 0 ? null : element("table", {}, element("thead", {}, row("th", titles)), element("tbody", {}, ...rows.map(values => row("td", values))));
}

function schemaName(schema) {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.type === "array") return `${schemaName(schema.items)}[]`;
  return [schema.type ?? "any"].flat().join(" or ");
}

function schemaLink(schema) {
  const name = schemaName(schema);
  return schema?.$ref ? element("a", { href: `#schema-${name}` }, name) : element("code", {}, name);
}

function describeContent(content) {
  return Object.entries(content ?? {}).map(([type, media]) => element("div", {}, element("code", {}, type), " ", schemaLink(media.schema)));
}

function operationSection(path, method, operation) {
  const parameters = (operation.parameters ?? []).map(parameter => [
    element("code", {}, parameter.name), parameter.in, schemaName(parameter.schema), parameter.description ?? "",
  ]);
  const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) => [
    element("code", {}, status), answer.description ?? "", element("span", {}, ...describeContent(answer.content)),
  ]);
  return element("section", { id: operation.operationId },
    element("h2", {}, element("span", { class: "method" }, method.toUpperCase()), element("code", {}, path)),
    element("p", {}, operation.summary ?? ""),
    operation.description ? element("p", { class: "faint" }, operation.description) : null,
    parameters.length ? element("h3", {}, "Parameters") : null,
    table(["Name", "In", "Type", ""], parameters),
    operation.requestBody ? element("h3", {}, "Body") : null,
    ...describeContent(operation.requestBody?.content),
    element("h3", {}, "Answers"),
    table(["Status", "", "Body"], answers));
}

function schemaSection(name, schema) {
  return element("section", { id: `schema-${name}` }, element("h2", {}, name), element("pre", {}, JSON.stringify(schema, null, 2)));
}

async function show() {
  const about = document.getElementById("about");
  const answer = await fetch("../api/openapi.json");
  if (!answer.ok) {
    about.textContent = `The description cannot be read: ${answer.status}.`;
    return;
  }

  const description = await answer.json();
  about.textContent = `${description.info.description} Version ${description.info.version}.`;
  const contents = document.getElementById("contents");
  const operations = document.getElementById("operations");
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of methods.filter(name => item[name])) {
      operations.append(operationSection(path, method, item[method]));
      contents.append(element("a", { href: `#${item[method].operationId}` }, item[method].operationId));
    }
  }

  for (const [name, schema] of Object.entries(description.components.schemas)) {
    operations.append(schemaSection(name, schema));
    contents.append(element("a", { href: `#schema-${name}`, class: "faint" }, name));
  }
}

show().catch(() => { document.getElementById("about").textContent = "The description cannot be read."; });
