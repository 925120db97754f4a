/** What a JSON Schema says of each parameter, in a line for people. Pure. */

type Schema = { [name: string]: unknown };

/** `day: integer, needed. The day to load.`; nothing where the schema says nothing of single parameters. */
export function schemaLines(schema: Schema): string[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const needed = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(properties).map(([name, property]) => {
    const said = isObject(property) ? property : {};
    const facts = [typeOf(said), needed.includes(name) ? "needed" : null, defaultOf(said)].filter(Boolean);
    const description = typeof said.description === "string" ? `. ${said.description}` : "";
    return `${name}: ${facts.join(", ") || "anything"}${description}`;
  });
}

function typeOf({ type, enum: values }: Schema): string | null {
  if (Array.isArray(values)) return `one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;
  if (Array.isArray(type)) return type.join(" or ");
  return typeof type === "string" ? type : null;
}

function defaultOf(said: Schema): string | null {
  return "default" in said ? `by default ${JSON.stringify(said.default)}` : null;
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
