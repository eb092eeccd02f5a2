/** URL schemes by which editors open a file at a line. The browser follows them; the server launches nothing. */
export const knownEditors: Readonly<Record<string, string>> = {
  vscode: 'vscode://file/{file}:{line}:{column}',
  'vscode-insiders': 'vscode-insiders://file/{file}:{line}:{column}',
  vscodium: 'vscodium://file/{file}:{line}:{column}',
  cursor: 'cursor://file/{file}:{line}:{column}',
  windsurf: 'windsurf://file/{file}:{line}:{column}',
  zed: 'zed://file/{file}:{line}:{column}',
  idea: 'idea://open?file={file}&line={line}&column={column}',
  webstorm: 'webstorm://open?file={file}&line={line}&column={column}',
  phpstorm: 'phpstorm://open?file={file}&line={line}&column={column}',
  sublime: 'subl://open?url=file://{file}&line={line}&column={column}',
  textmate: 'txmt://open?url=file://{file}&line={line}&column={column}',
  macvim: 'mvim://open?url=file://{file}&line={line}&column={column}',
  emacs: 'emacs://open?url=file://{file}&line={line}&column={column}',
  nova: 'nova://open?path={file}&line={line}&column={column}',
  atom: 'atom://core/open/file?filename={file}&line={line}&column={column}',
}
