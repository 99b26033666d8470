# module: main
# provides: rt_main rt_main_reset rt_main_usage
# requires: base text report folder hash call run rollback status inspect
# requires: help point doctor signals

# rt_main [VERB] [FLAG ...]: reads the call, and does what it says.
rt_main() {
	set -f -u
	unset CDPATH
	rt_main_reset
	rt_signals_early
	rt_point_set
	rt_main_origin
	rt_main_read ${1+"$@"}
	rt_main_fit
	rt_report_setup
	trap 'rt_main_surprise "$?"' 0
	case $rt_verb in
	help) rt_verb_help ;;
	version) rt_print "$RT_NAME $RT_VERSION" ;;
	*)
		rt_main_hash_need
		rt_folder_find
		case $rt_verb$rt_list$rt_dry in
		run | resume) rt_verb_run "$rt_verb" ;;
		resume1) rt_verb_list ;;
		run1) rt_verb_plan ;;
		*) "rt_verb_$rt_verb" ;;
		esac
		;;
	esac
	rt_exit 0
}

# rt_main_reset: the globals; nothing comes in from the environment.
# Descriptor 9 is for what printf says of a reader that is gone.
rt_main_reset() {
	exec 9>/dev/null
	IFS=$RT_IFS
	rt_pwd=$PWD rt_call='sh install.sh'
	rt_verb='' rt_step='' rt_base='' rt_from='' rt_to='' rt_list=''
	rt_full='' rt_fresh='' rt_force='' rt_strict='' rt_dry=''
	rt_quiet='' rt_verbose='' rt_json='' rt_plain='' rt_flags=''
	rt_store_pid='' rt_store_line='' rt_store_revived=''
	rt_store_mode='' rt_store_all='' rt_earlier='' rt_rows=''
	rt_journal='' rt_locked='' rt_mine='' rt_schema=1 rt_fifo=''
	rt_token='' rt_claim='' rt_under_way='' rt_try='' rt_forked=''
	rt_signal='' rt_signals=0 rt_child='' rt_watch='' rt_stop=''
	rt_run='' rt_run_id='' rt_run_status='' rt_old_plan='' rt_old_version=''
	rt_killed='' rt_tty='' rt_loaded='' rt_copy_dir='' rt_kill_at=''
	rt_also=
}

# rt_main_origin: where this script's own text is: what the loader wrote to
# a private folder, or the copy in the checkpoint directory, or nowhere.
rt_main_origin() {
	if [ "${rt_loader-}" = "$$" ]; then
		rt_self=$rt_tmp/install.sh
		return 0
	fi
	rt_tmp='' rt_umask=$(umask) rt_self='' rt_script_sha=''
	umask 077
	case $0 in
	/*install.sh) rt_self=$0 ;;
	*install.sh) rt_self=$rt_pwd/$0 ;;
	*) return 0 ;;
	esac
	rt_main_intact
	rt_dir=${rt_self%/*}
	! rt_folder_has || rt_copy_dir=$rt_dir
	rt_call_set "$rt_self"
}

# rt_main_intact: compares the sha256 on the last line of the copy that
# runs with all that is above it.
rt_main_intact() {
	rt_main_hash_need
	rt_script_sha=$(sed '$d' "$rt_self" 2>/dev/null | rt_hash)
	rt_word=$(tail -n 1 "$rt_self" 2>/dev/null)
	[ "${rt_word##* }" = "${rt_script_sha%% *}" ] ||
		rt_die "$RT_INTEGRITY" "$rt_self is damaged" \
			"Nothing was run. Use the install.sh that was shipped."
	rt_script_sha=$(rt_hash <"$rt_self")
	rt_script_sha=${rt_script_sha%% *}
}

# rt_main_hash_need: exit 3 where this host has no tool for sha256.
rt_main_hash_need() {
	rt_hash_find || rt_die "$RT_HOST" "no tool for sha256 here" \
		"Install one of: sha256sum, shasum, openssl, sha256"
}

# rt_main_read ARG ...: takes the call apart. A wrong one ends it with 2.
rt_main_read() {
	while [ $# -gt 0 ]; do
		case $1 in
		--checkpoint-dir | --from | --to)
			[ -n "${2-}" ] || rt_main_usage "$1 needs a value"
			rt_main_value "$1" "$2"
			shift
			;;
		--checkpoint-dir=?* | --from=?* | --to=?*)
			rt_main_value "${1%%=*}" "${1#*=}"
			;;
		--yes | -y) ;;
		--quiet | -q) rt_quiet=1 ;;
		--verbose | -v) rt_verbose=1 ;;
		--json) rt_json=1 ;;
		--no-color) rt_plain=1 ;;
		--fresh) rt_fresh=1 rt_flags="$rt_flags $1" ;;
		--strict) rt_strict=1 rt_flags="$rt_flags $1" ;;
		--dry-run) rt_dry=1 rt_flags="$rt_flags $1" ;;
		--list) rt_list=1 rt_flags="$rt_flags $1" ;;
		--full) rt_full=1 rt_flags="$rt_flags $1" ;;
		--force) rt_force=1 rt_flags="$rt_flags $1" ;;
		--help | -h) rt_verb=help ;;
		--version) rt_verb=version ;;
		-*) rt_main_usage "unknown flag: $1" ;;
		*) rt_main_word "$1" ;;
		esac
		shift
	done
	rt_verb=${rt_verb:-run}
}

# rt_main_value FLAG VALUE: a flag that takes a value.
rt_main_value() {
	case $1 in
	--checkpoint-dir) rt_base=$2 ;;
	--from) rt_from=$2 rt_flags="$rt_flags $1" ;;
	--to) rt_to=$2 rt_flags="$rt_flags $1" ;;
	esac
}

# rt_main_word WORD: the verb, or the step that logs takes.
rt_main_word() {
	case $rt_verb in
	help) ;;
	'')
		case $1 in
		run | resume | rollback | status | plan | verify) ;;
		logs | doctor | help | version) ;;
		*) rt_main_usage "unknown verb: $1" ;;
		esac
		rt_verb=$1
		;;
	logs)
		[ -z "$rt_step" ] || rt_main_usage "logs takes one step"
		rt_step=$1
		;;
	*) rt_main_usage "$rt_verb takes no $1" ;;
	esac
}

# rt_main_fit: each flag belongs to some verbs; each named step exists.
rt_main_fit() {
	for rt_word in $rt_flags; do
		case $rt_verb$rt_word in
		run--fresh | run--strict | run--dry-run | plan--fresh) ;;
		resume--from | resume--list | resume--strict) ;;
		rollback--to | rollback--full | rollback--force) ;;
		*) rt_main_usage "$rt_verb does not take $rt_word" ;;
		esac
	done
	[ -z "$rt_to" ] || [ -z "$rt_full" ] ||
		rt_main_usage "--to and --full exclude each other"
	[ -z "$rt_from" ] || [ -z "$rt_list" ] ||
		rt_main_usage "--from and --list exclude each other"
	[ -z "$rt_from" ] || rt_plan_find "$rt_from"
	[ -z "$rt_step" ] || rt_plan_find "$rt_step"
}

# rt_main_usage WHAT: exit 2.
rt_main_usage() {
	rt_die "$RT_USAGE" "$1" "See: $rt_call help"
}

# rt_main_surprise STATUS: the script ended in a way that it did not mean
# to: never with success.
rt_main_surprise() {
	trap - 0
	rt_warn "stopped unexpectedly (status $1): a fault of the script"
	printf '  Continue with: %s resume\n' "$rt_call" >&2
	[ "$1" -ne 0 ] || exit "$RT_FAILED"
	exit "$1"
}
