/** The page that documents of the workbench stand on: one file, no script, nothing fetched, made to be read and printed. */
import { styles } from './styles.ts'

/** `lead` and `body` are HTML already; the title is text. */
export function pageOf({
  title,
  lead,
  body,
}: {
  readonly title: string
  readonly lead: string
  readonly body: string
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(title)}</title>
<style>${styles}</style>
</head>
<body>
<header>
<h1>${escape(title)}</h1>
<p class="quiet">${lead}</p>
</header>
<main>
${body}
</main>
</body>
</html>
`
}

const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text that HTML reads as text, in content and in quoted attributes. */
export function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => names[mark] ?? mark)
}
