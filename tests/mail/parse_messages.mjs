// Reads messages from standard input, one a line in base64, with two parsers that are not Python's, and prints what each
// understood as one line of JSON a message.
import { createRequire } from "node:module"
import { createInterface } from "node:readline"
import { pathToFileURL } from "node:url"

const { resolve } = createRequire(new URL("../../widget/package.json", import.meta.url))
const load = (name) => import(pathToFileURL(resolve(name)).href)
const [{ default: PostalMime }, letterparser] = await Promise.all([load("postal-mime"), load("letterparser")])

const names = (addresses) => [].concat(addresses ?? []).map(({ name, address }) => ({ name: name ?? "", address }))

for await (const line of createInterface({ input: process.stdin })) {
  const raw = Buffer.from(line, "base64")
  const postal = await PostalMime.parse(raw)
  const letter = letterparser.extract(raw.toString("latin1"))
  console.log(
    JSON.stringify([
      { subject: postal.subject, from: names(postal.from), to: names(postal.to), text: postal.text, html: postal.html },
      {
        subject: letter.subject,
        from: names(letter.from),
        to: names(letter.to),
        text: letter.text,
        html: letter.html,
      },
    ]),
  )
}
