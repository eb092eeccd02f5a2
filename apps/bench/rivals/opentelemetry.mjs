/** OpenTelemetry's least: the instrumentations of http, express and knex, spans in batches, an exporter that drops them. */
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { KnexInstrumentation } from '@opentelemetry/instrumentation-knex'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'

const counts = { requests: 0, queries: 0 }
const exporter = {
  export(spans, done) {
    for (const { instrumentationScope } of spans) {
      if (instrumentationScope.name === '@opentelemetry/instrumentation-knex') counts.queries++
      if (instrumentationScope.name === '@opentelemetry/instrumentation-http') counts.requests++
    }
    done({ code: 0 })
  },
  shutdown: async () => {},
}
const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
provider.register()
registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation(), new KnexInstrumentation()] })

export const configuration = {
  middleware: () => [],
  async recorded() {
    await provider.forceFlush()
    return counts
  },
}
