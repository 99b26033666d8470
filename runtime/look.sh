# module: look
# provides: rt_state_scan rt_state_get rt_state_is rt_state_look
# provides: rt_state_octal
# requires: base folder hash

# A state file is numbered from 1 in its step. Its looks are five values:
# kind (file, directory, symlink, other, absent), digest (sha256 of a file
# or over a tree's listing, target of a link), mode, owner, size.
# rt_now_*_N are what is on the host; rt_pre_*_N and rt_post_*_N are what
# the store holds of the time before and after the step.

# rt_state_tree PATH: prints the sha256 over all that is below PATH: names,
# kinds, modes, owners, sizes, targets and bytes, but no times.
rt_state_tree() (
	cd "$1" || exit 1
	{
		# shellcheck disable=SC2086 # a command and its options
		find . -type f -exec $rt_hash_tool {} +
		LC_ALL=C TIME_STYLE=locale QUOTING_STYLE=literal \
			find . -exec ls -dln {} + |
			LC_ALL=C awk '{
				line = $0
				for (i = 0; i < 8; i++)
					sub(/^ *[^ ]+/, "", line)
				size = $1 ~ /^d/ ? "-" : $5
				print substr($1, 1, 10), $3, $4, size line
			}'
	} 2>/dev/null | LC_ALL=C sort | rt_hash
)

# rt_state_octal STRING: RT_REPLY is a mode such as -rwxr-xr-x in octal.
rt_state_octal() {
	rt_rest=${1#?} rt_special=0 RT_REPLY=
	for rt_word in 4 2 1; do
		rt_bits=0
		case $rt_rest in r*) rt_bits=4 ;; esac
		case $rt_rest in ?w*) rt_bits=$((rt_bits + 2)) ;; esac
		case $rt_rest in ??[xst]*) rt_bits=$((rt_bits + 1)) ;; esac
		case $rt_rest in
		??[sStT]*) rt_special=$((rt_special + rt_word)) ;;
		esac
		RT_REPLY=$RT_REPLY$rt_bits
		rt_rest=${rt_rest#???}
	done
	RT_REPLY=$rt_special$RT_REPLY
}

# rt_state_look PATH: sets rt_kind, rt_mode, rt_owner, rt_size, and
# rt_digest but for a plain file's.
rt_state_look() {
	rt_kind=absent rt_digest='' rt_mode='' rt_owner='' rt_size=''
	if [ -L "$1" ]; then
		rt_kind=symlink
	elif [ -f "$1" ]; then
		rt_kind='file'
	elif [ -d "$1" ]; then
		rt_kind=directory
		rt_digest=$(rt_state_tree "$1")
		rt_digest=${rt_digest%% *}
	elif [ -e "$1" ]; then
		rt_kind=other
	else
		return 0
	fi
	rt_look=$(rt_ls "$1" && echo .)
	rt_look=${rt_look%"$RT_NL".}
	[ "$rt_kind" != symlink ] || rt_digest=${rt_look#*"$1 -> "}
	# shellcheck disable=SC2086 # split into fields on purpose
	set -- $rt_look
	[ $# -gt 4 ] || return 0
	rt_state_octal "$1"
	rt_mode=$RT_REPLY rt_owner=$3:$4
	[ "$rt_kind" != file ] || rt_size=$5
}

# rt_state_scan PATH ...: sets rt_now_*_N; all plain files are hashed in
# one call. A signal to the group can end a program in the middle of it:
# then all is looked at once more.
rt_state_scan() {
	while :; do
		rt_scanned=$rt_signals
		rt_state_scan_once ${1+"$@"}
		[ "$rt_scanned" != "$rt_signals" ] || return 0
	done
}

# rt_state_scan_once PATH ...: the same, whatever comes in between.
rt_state_scan_once() {
	rt_n=0 rt_numbers=''
	for rt_path in ${1+"$@"}; do
		rt_n=$((rt_n + 1))
		rt_state_look "$rt_path"
		eval "rt_now_kind_$rt_n=\$rt_kind rt_now_mode_$rt_n=\$rt_mode
		rt_now_digest_$rt_n=\$rt_digest rt_now_owner_$rt_n=\$rt_owner
		rt_now_size_$rt_n=\$rt_size"
		# Files go to the end of the list, and all else is shifted out.
		shift
		[ "$rt_kind" != file ] || {
			set -- ${1+"$@"} "$rt_path"
			rt_numbers="$rt_numbers $rt_n"
		}
	done
	[ -n "$rt_numbers" ] || return 0
	rt_lines=$(rt_hash "$@" 2>/dev/null) || rt_lines=$(
		# One of them cannot be read: hash each for itself.
		for rt_file; do
			{ rt_hash <"$rt_file"; } 2>/dev/null || echo unreadable
		done
	)
	# shellcheck disable=SC2086 # a list of numbers, split on purpose
	set -- $rt_numbers
	while read -r rt_line; do
		# A leading backslash says that the name was escaped.
		rt_line=${rt_line#\\}
		eval "rt_now_digest_$1=\${rt_line%% *}"
		shift
	done <<EOF
$rt_lines
EOF
}

# rt_state_get now|pre|post N: sets rt_kind, rt_digest, rt_mode, rt_owner.
rt_state_get() {
	eval "rt_kind=\$rt_$1_kind_$2 rt_digest=\$rt_$1_digest_$2
	rt_mode=\$rt_$1_mode_$2 rt_owner=\$rt_$1_owner_$2"
}

# rt_state_is pre|post N: true where the host shows what the store holds.
rt_state_is() {
	rt_state_get now "$2"
	rt_looks="$rt_kind $rt_mode $rt_owner $rt_digest"
	rt_state_get "$1" "$2"
	[ "$rt_looks" = "$rt_kind $rt_mode $rt_owner $rt_digest" ]
}
