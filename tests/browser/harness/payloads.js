// What strangers may write in the hope that a page runs it.

const TAGS = [
  'script', 'img', 'svg', 'iframe', 'object', 'body', 'input', 'video', 'details', 'style', 'audio', 'embed', 'link', 'marquee',
  'form', 'button', 'textarea', 'select', 'math', 'table', 'td', 'base', 'meta', 'applet', 'frameset', 'frame', 'template',
  'noscript', 'title', 'canvas', 'a', 'div', 'span', 'p', 'h1', 'bdi', 'time', 'use', 'foreignObject', 'xss',
];
const HANDLERS = ['onload', 'onerror', 'onfocus autofocus', 'ontoggle open', 'onmouseover'];
/** Two hundred and more. */
export const PAYLOADS = [
  ...TAGS.flatMap((tag) => HANDLERS.map((handler) => `<${tag} src=x ${handler}=alert(1)>`)),
  '<script>alert(1)</script>', '"><script>alert(1)</script>', '\'><img src=x onerror=alert(1)>', '</textarea><script>alert(1)</script>',
  '</title><script>alert(1)</script>', '<!--<img src="--><img src=x onerror=alert(1)//">', '<a href="javascript:alert(1)">x</a>',
  '{{7*7}}', '${alert(1)}', '{% raw %}', '&lt;script&gt;alert(1)&lt;/script&gt;', '<math><mtext><img src=x onerror=alert(1)>',
  '<svg><script>alert&#40;1)</script>', 'javascript:alert(1)', '<img src="http://127.0.0.2/x.png">', '<style>*{display:none}</style>',
  '<meta http-equiv=refresh content="0;url=http://127.0.0.2/">', '<base href="http://127.0.0.2/">', '<form action="http://127.0.0.2/"><button>',
  '\u0000', '<link rel=stylesheet href=http://127.0.0.2/x.css>',
].filter((payload) => !payload.includes('\u0000'));

/** Those that fit into a name. */
export const NAMES = PAYLOADS.filter((payload) => payload.length <= 60 && payload.trim() === payload);

/** Posts a form of ours from the open page, as its button does. */
export const posts = (page, path, fields) => page.evaluate(async ([to, values]) => {
  const answer = await fetch(to, { method: 'POST', body: new URLSearchParams(values) });
  return answer.status;
}, [path, fields]);
