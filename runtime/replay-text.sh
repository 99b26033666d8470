# module: replay-text
# provides: RT_REPLAY_TEXT
# requires:

# For the journal's awk: text in and out of it, and the sum over its lines.
# shellcheck disable=SC2016 # awk has dollars of its own
RT_REPLAY_TEXT='
function die(why) { print why >"/dev/stderr"; exit 1 }
function sum(h, line,    i, j, part) {
 for (i = 1; i <= length(line); i += 64) {
  part = substr(line, i, 64)
  for (j = 1; j <= length(part); j++)
   h = (h * 257 + ord[substr(part, j, 1)] + 1) % 34359738337
 }
 return (h * 257 + 11) % 34359738337
}
function swap(s, from, to,    i, out) {
 while (i = index(s, from)) {
  out = out substr(s, 1, i - 1) to
  s = substr(s, i + length(from))
 }
 return out s
}
function unescape(s,    i, c, out) {
 while (i = index(s, "\\")) {
  c = substr(s, i + 1, 1)
  out = out substr(s, 1, i - 1) (c == "n" ? "\n" : c == "t" ? "\t" : c)
  s = substr(s, i + 2)
 }
 return out s
}
function fields(line,    i, n) {
 for (i in A) delete A[i]
 n = split(line, A, "\t")
 for (i = 1; i <= n; i++) if (index(A[i], "\\")) A[i] = unescape(A[i])
 return n
}
# Text in one line for the shell, with controls as %b of printf knows them.
function shown(s,    i, c, out) {
 if (s !~ /[\001-\037\177\\]/) return "=" s
 for (i = 1; i <= length(s); i++) {
  c = substr(s, i, 1)
  out = out (c == "\\" ? "\\\\" : ord[c] < 32 || ord[c] == 127 ? \
   sprintf("\\%04o", ord[c]) : c)
 }
 return "=" out
}
function json(s,    i, c, out) {
 if (s !~ /[\001-\037"\\]/) return "\"" s "\""
 for (i = 1; i <= length(s); i++) {
  c = substr(s, i, 1)
  out = out (c == "\\" || c == "\"" ? "\\" c : ord[c] < 32 ? \
   sprintf("\\u%04x", ord[c]) : c)
 }
 return "\"" out "\""
}
function text(s) { return s == "" ? "null" : json(s) }
function number(s) { return s == "" ? "null" : s }
function truth(s) { return s ? "true" : "false" }
function sql(s) {
 s = swap(s, "\047", "\047\047")
 return "\047" swap(s, "\r", "\047||char(13)||\047") "\047"
}
function sqltext(s) { return s == "" ? "NULL" : sql(s) }
function sqlnumber(s) { return s == "" ? "NULL" : s }
'
