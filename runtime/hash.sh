# module: hash
# provides: rt_hash rt_hash_find
# requires:

# rt_hash_find: sets rt_hash_tool to the words of this host's command for
# sha256. Fails where there is none.
rt_hash_find() {
	if command -v sha256sum >/dev/null 2>&1; then
		rt_hash_tool=sha256sum
	elif command -v shasum >/dev/null 2>&1; then
		rt_hash_tool='shasum -a 256'
	elif command -v openssl >/dev/null 2>&1; then
		rt_hash_tool='openssl dgst -sha256 -r'
	elif command -v sha256 >/dev/null 2>&1; then
		rt_hash_tool='sha256 -r'
	else
		return 1
	fi
}

# rt_hash [FILE ...]: prints "HEX  NAME" for each file, or for standard
# input: one process for all. rt_hash_find comes first.
rt_hash() {
	# shellcheck disable=SC2086 # a command and its options
	$rt_hash_tool ${1+"$@"}
}
