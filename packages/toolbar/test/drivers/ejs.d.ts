declare module 'ejs' {
  const ejs: { renderFile(file: string, data: object, options: { async: true }): Promise<string> }
  export default ejs
}
