/** The part of JSON Schema that the description of the API uses. @returns what does not hold, as paths with reasons */
export function checkSchema(schema: unknown, value: unknown, schemas: Record<string, unknown>, at = '$'): string[] {
  const rule = schema as {
    $ref?: string
    anyOf?: unknown[]
    type?: string | string[]
    const?: unknown
    enum?: unknown[]
    pattern?: string
    properties?: Record<string, unknown>
    required?: string[]
    additionalProperties?: unknown
    items?: unknown
  }
  if (rule.$ref !== undefined) return checkSchema(schemas[rule.$ref.split('/').at(-1) as string], value, schemas, at)
  if (rule.anyOf !== undefined)
    return rule.anyOf.some((one) => checkSchema(one, value, schemas, at).length === 0) ? [] : [`${at}: none of the alternatives`]
  if ('const' in rule) return value === rule.const ? [] : [`${at}: not ${String(rule.const)}`]
  if (rule.enum !== undefined) return rule.enum.includes(value) ? [] : [`${at}: ${String(value)} is not allowed`]
  const problems: string[] = []
  if (rule.type !== undefined && ![rule.type].flat().some((type) => isType(type, value))) return [`${at}: not ${String(rule.type)}`]
  if (rule.pattern !== undefined && !new RegExp(rule.pattern).test(String(value))) problems.push(`${at}: does not match ${rule.pattern}`)
  if (Array.isArray(value) && rule.items !== undefined)
    for (const [index, item] of value.entries()) problems.push(...checkSchema(rule.items, item, schemas, `${at}[${index}]`))
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const name of rule.required ?? []) if (!(name in value)) problems.push(`${at}.${name}: missing`)
    for (const [name, held] of Object.entries(value)) {
      const own = rule.properties?.[name] ?? (typeof rule.additionalProperties === 'object' ? rule.additionalProperties : undefined)
      if (own !== undefined) problems.push(...checkSchema(own, held, schemas, `${at}.${name}`))
      else if (rule.properties !== undefined) problems.push(`${at}.${name}: not described`)
    }
  }
  return problems
}

function isType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
