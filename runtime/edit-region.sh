# module: edit-region
# provides: edit_region
# requires:

# edit_region FILE BLOCK NEW OLD: prints FILE with the lines of NEW in the place
# of the last region that begins with BLOCK's first line and ends with its
# last one; the region goes to OLD. Fails where there is none.
edit_region() {
	LC_ALL=C FILE=$1 BLOCK=$2 NEW=$3 OLD=$4 awk '
	function lines_of(file, into,    n, line) {
		while ((getline line <file) > 0) into[++n] = line
		close(file)
		return n + 0
	}
	BEGIN {
		n = lines_of(ENVIRON["FILE"], text)
		last = lines_of(ENVIRON["BLOCK"], block)
		m = lines_of(ENVIRON["NEW"], new)
		for (i = n; i > 0 && !from; i--) {
			if (text[i] == block[last]) to = i
			if (to && text[i] == block[1]) from = i
		}
		if (!from) exit 1
		for (i = from; i <= to; i++) print text[i] >ENVIRON["OLD"]
		for (i = 1; i < from; i++) print text[i]
		for (i = 1; i <= m; i++) print new[i]
		for (i = to + 1; i <= n; i++) print text[i]
	}' </dev/null
}
