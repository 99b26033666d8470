# module: replay
# provides: RT_REPLAY
# requires:

# The store of a host with no sqlite3: awk has the rows in memory, and appends
# what changes them to the file journal. A transaction is an empty line,
# "@ TIME MILLISECONDS", its requests, and "= SUM", chained over all lines: a
# torn last one is dropped, other damage refused. Fields are parted by tabs;
# \\, \t and \n are escaped. To open it is to do all of it again. Each owner
# has a link of its own, .journal.N, and goes on with a copy after a killed
# one, whose awk may still append.
# shellcheck disable=SC2016 # awk has dollars of its own
RT_REPLAY='
# Reading and writing the journal.
function begin(    line, f) {
 tell = "date -u \"+%Y-%m-%dT%H:%M:%S %s %N\""
 tell | getline line
 close(tell)
 split(line, f, " ")
 if (f[3] !~ /^[0-9]+$/) f[3] = "000"
 f[3] = substr(f[3], 1, 3)
 now = f[1] "." f[3] "Z"; nowms = f[2] f[3]
 open = 1; count = 0
 add("@\t" now "\t" nowms)
}
function add(line) { lines[++count] = line; tail = sum(tail, line) }
function commit(    i, cat) {
 open = 0
 if (count < 2) { tail = chain; return }
 cat = "cat >>" own " && " synced(own)
 if (!head) cat = cat " && ln -f " own " journal && " synced(".")
 if (!head) print "waymark journal 1" | cat
 print "" | cat
 for (i = 1; i <= count; i++) print lines[i] | cat
 printf "=\t%.0f\n", tail | cat
 if (close(cat)) die("the journal cannot be written: is the disk full?")
 head = 1; chain = tail
}
function synced(file) { return syncs ? "sync " file : "sync" }
function load(    line, n, i, good, wait, want, bad, cat) {
 while ((getline line <"journal") > 0) {
  n++
  if (n == 1) {
   if (line == "waymark journal 1") { good = head = 1; continue }
   if (line ~ /^waymark journal [0-9]+$/) die("newer")
   if (index("waymark journal 1", line) != 1) die("damaged: line 1")
   bad = 1
   continue
  }
  if (line == "") continue
  if (bad) die("damaged: line " n)
  if (line !~ /^=/) { wait[++i] = line; tail = sum(tail, line); continue }
  if (line != (want = sprintf("=\t%.0f", tail))) {
   if (index(want, line) != 1) die("damaged: line " n)
   bad = 1
   continue
  }
  redo(wait, i)
  i = 0; good = n; chain = tail
 }
 close("journal")
 tail = chain
 if (!readonly) own_it(n, good)
}
function own_it(n, good,    cat, line, i) {
 if (!n) cat = "rm -f " own
 else if (!good) cat = "rm -f journal " own
 else if (n == good && !late) cat = "ln -f journal " own
 else cat = "cat >journal.new && " synced("journal.new") " && ln -f " \
  "journal.new " own " && mv -f journal.new journal && " synced(".")
 printf "" | cat
 for (i = 1; i <= good && cat ~ /^cat/; i++) {
  getline line <"journal"
  print line | cat
 }
 close("journal")
 if (close(cat)) die("the journal cannot be mended: is the disk full?")
}
function redo(wait, n,    i, m) {
 for (i = 1; i <= n; i++) {
  m = fields(wait[i])
  if (A[1] == "@") { now = A[2]; nowms = A[3] }
  else apply(m)
 }
}
function export(    r, o, k, i, f, g) {
 for (r = 1; r <= runs; r++) {
  print "INSERT OR IGNORE INTO installer_runs VALUES(" r "," sql(run[r]) \
   "," sql(name[r]) "," sql(version[r]) "," sql(plan[r]) "," \
   sql(script[r]) "," sql(state[r]) "," sql(started[r]) "," \
   sqltext(ended[r]) "," sqlnumber(code[r]) ");"
  for (o = 1; o <= steps[r]; o++) {
   k = r "," o
   i = deps[k] == "" ? "[]" : "[\"" swap(deps[k], " ", "\",\"") "\"]"
   print "INSERT OR IGNORE INTO step_checkpoints VALUES(" k "," \
    sql(id[k]) "," sql(title[k]) "," sql(status[k]) "," \
    sql(print_of[k]) "," check[k] "," atomic[k] "," final[k] \
    "," sql(i) "," sqltext(rollback[k]) "," attempt[k] "," \
    undoing[k] "," sqlnumber(seq[k]) "," sqltext(began[k]) "," \
    sqlnumber(beganms[k]) "," sqltext(finished[k]) "," \
    sqlnumber(took[k]) "," sqlnumber(exited[k]) ");"
   for (i = 1; i <= files[k]; i++) {
    looks(before[k "," i], f)
    looks(after[k "," i], g)
    print "INSERT OR IGNORE INTO state_files VALUES(" k "," i \
     "," sql(path[k "," i]) "," sqltext(copy[k "," i]) \
     exported(f) exported(g) ");"
   }
  }
 }
}
function exported(f) {
 if (f[1] == "") return ",NULL,NULL,NULL,NULL,NULL"
 return "," sql(f[1]) "," sql(f[5]) "," sql(f[2]) "," sql(f[3]) "," \
  sqlnumber(f[4])
}

BEGIN {
 writes = " run_new run_again run_close step_new over from rerun start skip " \
  "value complete fail state_before state_after state_forget " \
  "undo_atomic undo_mark " \
  "undo_again undo_done undo_kept undo_close "
 for (i = 1; i < 256; i++) ord[sprintf("%c", i)] = i
 load()
 if (readonly == "export") { export(); exit }
}
$0 == "" { next }
$0 == "." { print "."; fflush(); next }
$0 == "begin" { begin(); next }
$0 == "commit" { commit(); next }
{
 n = fields($0)
 if (index(writes, " " A[1] " ")) {
  single = !open
  if (single) begin()
  add($0)
  apply(n)
  if (single) commit()
 }
 answer(n)
}
'
