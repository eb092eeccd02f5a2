/** What the figures are judged by; ratios are CPU per request to the bare app's. */
export const limits = {
  ratio: {
    '/hello': { must: 1.35, aim: 1.2 },
    '/page': { must: 1.25, aim: 1.15 },
    '/n1': { must: 1.45, aim: 1.3 },
    '/json': { must: 1.3, aim: 1.2 },
    '/heavy': { must: 1.4, aim: 1.25 },
    '/html100k': { must: 1.15, aim: 1.1 },
  },
  /** (toolbar − async context) / bare, on every route */
  overAsyncContext: 0.25,
  /** µs of CPU over async context alone, on a request with one signal and one log line */
  requestUs: 25,
  /** µs of CPU over async context alone */
  queryUs: 8,
  /** how much dearer a query of 10,000 may be than one of 1,000 */
  growth: 1.2,
  /** ratios nearer than this are alike, whatever the noise of the run was */
  alike: 0.05,
  startupMs: 60,
  /** after 20,000 requests */
  rssMb: 15,
  /** to open the SQL panel of 1,000 queries: ms of the server's CPU, bytes on the wire */
  openingMs: 50,
  openingBytes: 100_000,
}
