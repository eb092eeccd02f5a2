/** Express 4 beside Express 5, under an alias: the same types do for what the tests call. */
declare module 'express4' {
  import express from 'express'
  export default express
}
