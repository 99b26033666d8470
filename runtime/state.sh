# module: state
# provides: rt_state_scan rt_state_before rt_state_after rt_state_load
# provides: rt_state_keep_edits rt_state_restore rt_state_drift
# requires: folder hash text store

# A state file is numbered from 1 in its step. Its looks are five values:
# kind (file, directory, symlink, other, absent), digest (sha256 of a file,
# sha256 over a tree's listing, target of a link), mode, owner, size.
# rt_now_*_N are what is on the host; rt_pre_*_N and rt_post_*_N are what
# the store holds of the time before and after the step.

# rt_state_tree PATH: prints the sha256 over all that is below PATH: names,
# kinds, modes, owners, sizes, targets and bytes, but no times.
rt_state_tree() {
	# shellcheck disable=SC2086 # a command and its options
	(
		cd "$1" || exit 1
		{
			find . -type f -exec $rt_hash_tool {} +
			LC_ALL=C TIME_STYLE=locale QUOTING_STYLE=literal \
				find . -exec ls -dln {} + |
				LC_ALL=C awk '{
					line = $0
					for (i = 0; i < 8; i++) sub(/^ *[^ ]+/, "", line)
					size = $1 ~ /^d/ ? "-" : $5
					print substr($1, 1, 10), $3, $4, size line
				}'
		} 2>/dev/null | LC_ALL=C sort | rt_hash
	)
}

# rt_state_octal STRING: RT_REPLY is a mode such as -rwxr-xr-x in octal.
rt_state_octal() {
	rt_rest=${1#?} rt_bits=0 RT_REPLY=
	set --
	while [ ${#} -lt 3 ]; do
		rt_bits=0
		case $rt_rest in r*) rt_bits=4 ;; esac
		case $rt_rest in ?w*) rt_bits=$((rt_bits + 2)) ;; esac
		case $rt_rest in ??[xst]*) rt_bits=$((rt_bits + 1)) ;; esac
		case $#$rt_rest in
		0??[sS]*) RT_REPLY=4 ;;
		1??[sS]*) RT_REPLY=$((${RT_REPLY:-0} + 2)) ;;
		2??[tT]*) RT_REPLY=$((${RT_REPLY:-0} + 1)) ;;
		esac
		set -- ${1+"$@"} "$rt_bits"
		rt_rest=${rt_rest#???}
	done
	RT_REPLY=${RT_REPLY:-0}$1$2$3
}

# rt_state_look PATH: sets rt_kind, rt_mode, rt_owner, rt_size, and
# rt_digest where it needs no hash of a plain file.
rt_state_look() {
	rt_kind=absent rt_digest='' rt_mode='' rt_owner='' rt_size=''
	if [ -L "$1" ]; then
		rt_kind=symlink
	elif [ -f "$1" ]; then
		rt_kind=file
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
	rt_state_octal "$1"
	rt_mode=$RT_REPLY rt_owner=$3:$4
	[ "$rt_kind" != file ] || rt_size=$5
}

# rt_state_scan PATH ...: sets rt_now_*_N; all plain files are hashed in
# one call.
rt_state_scan() {
	rt_n=0 rt_files=''
	for rt_path in ${1+"$@"}; do
		rt_n=$((rt_n + 1))
		rt_state_look "$rt_path"
		eval "rt_now_kind_$rt_n=\$rt_kind rt_now_digest_$rt_n=\$rt_digest
		rt_now_mode_$rt_n=\$rt_mode rt_now_owner_$rt_n=\$rt_owner
		rt_now_size_$rt_n=\$rt_size"
		# The files are moved behind the others, which are shifted out.
		shift
		[ "$rt_kind" != file ] || {
			set -- ${1+"$@"} "$rt_path"
			rt_files="$rt_files $rt_n"
		}
	done
	[ -n "$rt_files" ] || return 0
	rt_lines=$(rt_hash "$@" 2>/dev/null) || rt_lines=$(
		# One of them cannot be read: hash each for itself.
		for rt_path; do
			{ rt_hash <"$rt_path"; } 2>/dev/null || echo unreadable
		done
	)
	# shellcheck disable=SC2086 # a list of numbers, split on purpose
	set -- $rt_files
	while read -r rt_line; do
		# A leading backslash says that the name was escaped.
		rt_line=${rt_line#\\}
		eval "rt_now_digest_$1=\${rt_line%% *}"
		shift
	done <<EOF
$rt_lines
EOF
}

# rt_state_get WHICH N: rt_kind, rt_digest, rt_mode, rt_owner, rt_size of
# now, pre or post.
rt_state_get() {
	eval "rt_kind=\$rt_$1_kind_$2 rt_digest=\$rt_$1_digest_$2
	rt_mode=\$rt_$1_mode_$2 rt_owner=\$rt_$1_owner_$2
	rt_size=\$rt_$1_size_$2"
}

# rt_state_same WHICH N: true where the host shows what WHICH holds.
rt_state_same() {
	rt_state_get "$1" "$2"
	rt_looks="$rt_kind $rt_mode $rt_owner $rt_digest"
	rt_state_get now "$2"
	[ "$rt_looks" = "$rt_kind $rt_mode $rt_owner $rt_digest" ]
}

# rt_state_sql N: RT_REPLY is the five values of now as SQL.
rt_state_sql() {
	rt_state_get now "$1"
	rt_text_sql "$rt_digest"
	RT_REPLY="'$rt_kind',$RT_REPLY,'$rt_mode','$rt_owner',${rt_size:-NULL}"
}

# rt_state_paths WORD ...: resolves the plan's words into rt_path_N and
# rt_paths; refuses what would take the store itself along.
rt_state_paths() {
	rt_paths=0
	for rt_word in ${1+"$@"}; do
		rt_paths=$((rt_paths + 1))
		rt_path_resolve "$rt_word"
		eval "rt_path_$rt_paths=\$RT_REPLY"
	done
}

# rt_state_before ORD STEP: saves what the rt_paths are just before a step
# begins. RT_REPLY is the SQL that records it. rt_snapshot is empty where
# no pre-images are wanted.
rt_state_before() {
	rt_state_args rt_state_scan
	rt_sql='' rt_copied='' rt_i=0
	while [ "$rt_i" -lt "$rt_paths" ]; do
		rt_i=$((rt_i + 1))
		eval "rt_path=\$rt_path_$rt_i"
		rt_state_get now "$rt_i"
		rt_copy=NULL
		if [ -n "$rt_snapshot" ]; then
			rt_copy="'backup/$2/$rt_run/$rt_i'"
			if [ "$rt_kind" != absent ]; then
				rt_copied=1
				rt_state_copy "$rt_path" "backup/$2/$rt_run" "$rt_i" ||
					rt_die "$RT_STORE" "no pre-image can be saved of $rt_path" \
						"Step $2 was not begun. Is the disk full?" \
						"Then: $rt_call resume"
			fi
		fi
		rt_text_sql "$rt_path"
		rt_name=$RT_REPLY
		rt_state_sql "$rt_i"
		rt_sql="$rt_sql
INSERT OR REPLACE INTO state_files(run,ord,n,path,snapshot,pre_kind,
pre_digest,pre_mode,pre_owner,pre_size)
VALUES($rt_run,$1,$rt_i,$rt_name,$rt_copy,$RT_REPLY);"
	done
	# A pre-image must be on the disk before the record that promises it.
	[ -z "$rt_copied" ] || sync -f backup 2>/dev/null || sync
	RT_REPLY=$rt_sql
}

# rt_state_args FUNCTION: calls it with all of rt_path_N.
rt_state_args() {
	rt_function=$1 rt_i=0
	set --
	while [ "$rt_i" -lt "$rt_paths" ]; do
		rt_i=$((rt_i + 1))
		eval "set -- \${1+\"\$@\"} \"\$rt_path_$rt_i\""
	done
	"$rt_function" ${1+"$@"}
}

# rt_state_copy PATH FOLDER NAME: a whole copy, or none.
rt_state_copy() {
	rm -rf "$2/$3" && mkdir -p "$2" && cp -RPp "$1" "$2/$3"
} 3>&- 4<&-

# rt_state_after ORD: RT_REPLY is the SQL that records what the rt_paths
# are after the step.
rt_state_after() {
	rt_state_args rt_state_scan
	rt_sql='' rt_i=0
	while [ "$rt_i" -lt "$rt_paths" ]; do
		rt_i=$((rt_i + 1))
		rt_state_sql "$rt_i"
		rt_sql="$rt_sql
UPDATE state_files SET
(post_kind,post_digest,post_mode,post_owner,post_size)=($RT_REPLY)
WHERE run=$rt_run AND ord=$1 AND n=$rt_i;"
	done
	RT_REPLY=$rt_sql
}

# rt_state_unescape TEXT: RT_REPLY is what rt_state_escaped wrote as TEXT.
rt_state_unescape() {
	RT_REPLY=$1
	case $1 in
	*\\*)
		RT_REPLY=$(printf '%b.' "$1")
		RT_REPLY=${RT_REPLY%.}
		;;
	esac
}

# rt_state_escaped COLUMN: RT_REPLY is SQL for the column in one line, with
# each control character as printf's %b knows it: sqlite3 prints them in
# ways that differ between versions.
rt_state_escaped() {
	RT_REPLY="(WITH RECURSIVE e(i,t) AS (
SELECT 0,replace($1,'\\','\\\\') UNION ALL SELECT i+1,
replace(t,char(i+1),printf('\\%04o',i+1)) FROM e WHERE i<31)
SELECT replace(t,char(127),'\\0177') FROM e WHERE i=31)"
}

# rt_state_take LINE: one line of rt_state_load's answer; four a file.
rt_state_take() {
	rt_part=$((rt_part % 4 + 1))
	case $rt_part in
	1)
		rt_paths=$((rt_paths + 1))
		rt_state_unescape "${1#=}"
		eval "rt_path_$rt_paths=\$RT_REPLY"
		;;
	2)
		rt_ifs=$IFS
		IFS='|'
		# shellcheck disable=SC2086 # split into fields on purpose
		set -- $1
		IFS=$rt_ifs
		eval "rt_copy_$rt_paths=\$1
		rt_pre_kind_$rt_paths=\$2 rt_pre_mode_$rt_paths=\$3
		rt_pre_owner_$rt_paths=\$4 rt_pre_size_$rt_paths=
		rt_post_kind_$rt_paths=\$5 rt_post_mode_$rt_paths=\$6
		rt_post_owner_$rt_paths=\$7 rt_post_size_$rt_paths="
		;;
	3)
		rt_state_unescape "${1#=}"
		eval "rt_pre_digest_$rt_paths=\$RT_REPLY"
		;;
	4)
		rt_state_unescape "${1#=}"
		eval "rt_post_digest_$rt_paths=\$RT_REPLY"
		;;
	esac
}

# rt_state_load RUN ORD: fills rt_path_N, rt_copy_N, rt_pre_*_N and
# rt_post_*_N from the store; a dash stands for what is not there.
rt_state_load() {
	rt_paths=0 rt_part=0
	rt_state_escaped path
	rt_sql="SELECT '='||$RT_REPLY||char(10)||coalesce(snapshot,'-')||'|'||
coalesce(pre_kind,'-')||'|'||coalesce(nullif(pre_mode,''),'-')||'|'||
coalesce(nullif(pre_owner,''),'-')||'|'||coalesce(post_kind,'-')||'|'||
coalesce(nullif(post_mode,''),'-')||'|'||
coalesce(nullif(post_owner,''),'-')"
	rt_state_escaped "coalesce(pre_digest,'')"
	rt_sql="$rt_sql||char(10)||'='||$RT_REPLY"
	rt_state_escaped "coalesce(post_digest,'')"
	rt_store_each rt_state_take "$rt_sql||char(10)||'='||$RT_REPLY
FROM state_files WHERE run=$1 AND ord=$2 ORDER BY n;"
}

# rt_state_drift N: RT_REPLY is same, changed or missing: the host against
# what the step left.
rt_state_drift() {
	rt_state_get now "$1"
	rt_looks="$rt_kind ${rt_mode:--} ${rt_owner:--} $rt_digest"
	rt_state_get post "$1"
	if [ "$rt_looks" = "$rt_kind $rt_mode $rt_owner $rt_digest" ]; then
		RT_REPLY=same
	elif [ "${rt_looks%% *}" = absent ]; then
		RT_REPLY=missing
	else
		RT_REPLY=changed
	fi
}

# rt_state_keep_edits STEP: a file that somebody changed after the step is
# copied to backup/STEP/conflict/ and named, before anything touches it.
rt_state_keep_edits() {
	[ "$rt_paths" -gt 0 ] || return 0
	rt_state_args rt_state_scan
	rt_i=0
	while [ "$rt_i" -lt "$rt_paths" ]; do
		rt_i=$((rt_i + 1))
		rt_state_get post "$rt_i"
		[ "$rt_kind" != - ] || continue
		rt_state_drift "$rt_i"
		[ "$RT_REPLY" = changed ] || continue
		rt_state_is_pre "$rt_i" && continue
		eval "rt_path=\$rt_path_$rt_i"
		rt_slot=1
		while [ -e "backup/$1/conflict/$rt_slot" ] ||
			[ -L "backup/$1/conflict/$rt_slot" ]; do
			rt_slot=$((rt_slot + 1))
		done
		rt_kept=backup/$1/conflict/$rt_slot
		rt_state_copy "$rt_path" "$rt_kept" "${rt_path##*/}" ||
			rt_die "$RT_STORE" "an edited file cannot be kept: $rt_path" \
				"Step $1 was not touched. Is the disk full?"
		rt_warn "$rt_path was changed after step $1;" \
			"kept as $rt_dir/$rt_kept/${rt_path##*/}"
		rt_event conflict step "$1" path "$rt_path" \
			kept "$rt_dir/$rt_kept/${rt_path##*/}"
	done
}

# rt_state_is_pre N: true where the host shows the pre-image.
rt_state_is_pre() {
	rt_state_get now "$1"
	rt_looks="$rt_kind ${rt_mode:--} ${rt_owner:--} $rt_digest"
	rt_state_get pre "$1"
	[ "$rt_looks" = "$rt_kind $rt_mode $rt_owner $rt_digest" ]
}

# rt_state_put_back N: replaces what is there by the pre-image, built
# beside its place and moved in.
rt_state_put_back() {
	eval "rt_path=\$rt_path_$1 rt_copy=\$rt_copy_$1"
	rt_state_get pre "$1"
	if [ "$rt_kind" = absent ]; then
		rm -rf "$rt_path"
		return
	fi
	rt_parent=${rt_path%/*}
	rt_new=$rt_parent/.waymark-new.${rt_path##*/}
	rt_old=$rt_parent/.waymark-old.${rt_path##*/}
	mkdir -p "${rt_parent:-/}" && rm -rf "$rt_new" "$rt_old" &&
		cp -RPp "$rt_copy" "$rt_new" || return 1
	# A rename replaces a file, but would move into a folder or a link.
	if [ -L "$rt_path" ] || [ -d "$rt_path" ] || {
		[ -e "$rt_path" ] && [ "$rt_kind" = directory ]
	}; then
		mv "$rt_path" "$rt_old" || return 1
	fi
	mv -f "$rt_new" "$rt_path" && rm -rf "$rt_old"
} 3>&- 4<&-

# rt_state_restore STEP: puts each state file back that is not what it was
# before the step. Fails where one cannot be; the pre-image stays.
rt_state_restore() {
	rt_restored=0
	[ "$rt_paths" -gt 0 ] || return 0
	rt_state_args rt_state_scan
	rt_i=0 rt_bad=0
	while [ "$rt_i" -lt "$rt_paths" ]; do
		rt_i=$((rt_i + 1))
		eval "rt_copy=\$rt_copy_$rt_i"
		[ "$rt_copy" != - ] || continue
		rt_state_is_pre "$rt_i" && continue
		rt_restored=$((rt_restored + 1))
		rt_state_put_back "$rt_i" && continue
		rt_bad=1
		eval "rt_path=\$rt_path_$rt_i"
		rt_warn "step $1: cannot put back $rt_path from $rt_dir/$rt_copy"
	done
	return "$rt_bad"
}
