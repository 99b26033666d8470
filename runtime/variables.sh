# module: variables
# provides: rt_variables_main rt_variables_preflight rt_variables_resolve
# provides: rt_variables_refuse rt_variables_kept rt_variables_same
# requires: base main report status store folder text values
# requires: variables-choose variables-show values-store

# The variables that [installer.environment] and [step.environment] declare.
# waymark_variables FUNCTION, which the compiler emits, calls FUNCTION for
# each, with ORD ID NAME FLAGS DEFAULT PATTERN [FROM ...]. The Nth has its
# value in rt_value_N; what is kept of it from before is in rt_kept_N.

# rt_variables_main [ARG ...]: the way in, in the place of rt_main: takes
# --set NAME=VALUE out of the call.
rt_variables_main() {
	set -f -u
	rt_main_reset
	# What rt_exit removes comes from the loader, or is nothing.
	[ "${rt_loader-}" = "$$" ] || rt_tmp=
	RT_REPLAY_SHOW=$RT_REPLAY_SHOW$RT_REPLAY_VALUES
	rt_sets=' ' rt_resolved='' rt_seen=''
	rt_values_reset
	rt_left=$#
	while [ "$rt_left" -gt 0 ]; do
		rt_left=$((rt_left - 1))
		rt_word=$1
		shift
		case $rt_word in
		--set=*) rt_variables_set "${rt_word#--set=}" ;;
		--set | --checkpoint-dir | --from | --to)
			if [ "$rt_left" -eq 0 ]; then
				set -- ${1+"$@"} "$rt_word"
				break
			fi
			rt_left=$((rt_left - 1))
			rt_value=$1
			shift
			if [ "$rt_word" = --set ]; then
				rt_variables_set "$rt_value"
			else
				set -- ${1+"$@"} "$rt_word" "$rt_value"
			fi
			;;
		*)
			case $rt_word in
			-*) ;;
			*) rt_verb=${rt_verb:-$rt_word} ;;
			esac
			set -- ${1+"$@"} "$rt_word"
			;;
		esac
	done
	case $rt_sets,${rt_verb:-run} in
	' ,'* | *,run | *,resume | *,plan) ;;
	*) rt_main_usage "$rt_verb does not take --set" ;;
	esac
	rt_main ${1+"$@"}
}

# rt_variables_set NAME=VALUE: what --set says; exit 2 for a name that is not
# declared, and for a secret one: ps shows the command line.
rt_variables_set() {
	case $1 in
	*=*) ;;
	*) rt_main_usage "--set takes NAME=VALUE" ;;
	esac
	rt_wanted=${1%%=*} rt_known='' rt_found='' rt_secret=''
	waymark_variables rt_variables_declared
	if [ -z "$rt_found" ]; then
		rt_text_line "$rt_wanted"
		rt_die "$RT_USAGE" "no variable to set: $RT_REPLY" \
			"Those there are:${rt_known:- none}" \
			"See: $rt_call help"
	fi
	[ -z "$rt_secret" ] ||
		rt_die "$RT_USAGE" "$rt_wanted is secret: not with --set" \
			"Everyone here can see a command line with ps." \
			"Give it in the environment, as:$rt_secret"
	rt_sets="$rt_sets$rt_wanted "
	eval "rt_set_$rt_wanted=\${1#*=}"
}

# rt_variables_declared: takes the line of a variable: is it rt_wanted?
rt_variables_declared() {
	case " $rt_known " in
	*" $3 "*) ;;
	*) rt_known="$rt_known $3" ;;
	esac
	[ "$3" = "$rt_wanted" ] || return 0
	rt_found=1
	case $4 in
	*s*)
		shift 6
		rt_secret=" ${*-}"
		;;
	esac
}

# rt_variables_preflight VERB: before anything is opened or changed: decides
# all values, and refuses what is missing or wrong with exit 2. What a run
# has begun with is read from its store first.
rt_variables_preflight() {
	# plan has its own way: see rt_values_before.
	[ "$1" != plan ] || return 0
	if rt_folder_has; then
		! rt_status_open || [ -n "$rt_fresh" ] || rt_variables_kept
		rt_store_close
	fi
	rt_variables_resolve
	rt_variables_refuse
	[ -n "$rt_changed" ] || return 0
	[ -z "$rt_strict$rt_from" ] ||
		rt_die "$RT_USAGE" "values changed since that run:$rt_changed" \
			"Nothing was done. Without --strict and --from every" \
			"step runs again, in a new run on top."
	rt_say "every step runs again: values changed:$rt_changed"
	rt_fresh=1
}

# rt_variables_kept: loads what the run rt_run has, and decides what of it
# counts: all where that run goes on or is verified; what was given to it, where
# another plan follows an unfinished run; nothing behind a completed one.
rt_variables_kept() {
	[ "$rt_run_status" != rolled_back ] || return 0
	rt_values_load "$rt_run"
	rt_seen=$rt_run$RT_NL$rt_held
	rt_use=given
	if [ "$rt_verb" = verify ] ||
		[ "$rt_old_plan" = "$RT_FINGERPRINT" ]; then
		rt_use=all
	elif [ "$rt_run_status" = completed ]; then
		rt_use=none
	fi
}

# rt_variables_same: under the lock: loads again what is kept, and exits with 4
# where another call has changed it since it was read.
rt_variables_same() {
	[ -n "$rt_earlier" ] || return 0
	rt_values_load "$rt_earlier"
	[ -n "$rt_fresh" ] || [ "$rt_seen" = "$rt_earlier$RT_NL$rt_held" ] ||
		rt_die "$RT_LOCKED" "another call ran in between" \
			"Nothing was changed. Call it again."
}

# rt_variables_resolve: gives each a value. Sets rt_wrong, how many have
# none that will do, and rt_changed, those that differ from what was kept.
rt_variables_resolve() {
	rt_n=0 rt_wrong=0 rt_changed='' rt_resolved=1
	waymark_variables rt_variables_choose
}

# rt_variables_refuse: exit 2 where a value is missing or wrong.
rt_variables_refuse() {
	[ "$rt_wrong" -eq 0 ] ||
		rt_die "$RT_USAGE" "values missing or wrong: $rt_wrong" \
			"Nothing was changed. See: $rt_call help"
}
