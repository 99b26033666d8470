# module: values
# provides: rt_values_before rt_values_enter rt_values_load rt_values_reset
# provides: rt_values_text
# requires: base query store text state report begin
# requires: variables variables-choose variables-show exports

# The values of variables and exports: kept in the store, in the environment
# of the steps, and at the head of the rollbacks, which stand alone. An export
# of the step ORD is in rt_export_ORD_NAME.

# rt_values_before FUNCTION: the plan is about to be read for FUNCTION.
rt_values_before() {
	case $1 in
	rt_begin_step) rt_values_begin ;;
	rt_run_step) rt_variables_events ;;
	rt_plan_step) rt_variables_plan ;;
	rt_verify_step) rt_values_verify ;;
	esac
}

# rt_values_reset: nothing comes in from the environment.
rt_values_reset() {
	rt_n=0 rt_use=none
	waymark_variables rt_values_reset_one
	waymark_exports rt_exports_reset
}
rt_values_reset_one() {
	rt_n=$((rt_n + 1))
	eval "rt_kind_$rt_n='' rt_kept_$rt_n='' rt_value_$rt_n=''"
}

# rt_values_load RUN: loads what is kept of it, and the exports that its steps
# have, from the runs below too. Sets rt_held to the lines of the variables.
rt_values_load() {
	rt_held=
	waymark_exports rt_exports_reset
	if [ -z "$rt_journal" ]; then
		rt_get value_tables
		[ "$RT_REPLY" -gt 0 ] || return 0
	fi
	rt_list rt_values_take value_list "$1"
}

# rt_values_take "ID KIND NAME =VALUE": one of them. KIND is g where the value
# was given, d where it is the default, n for none, and e for an export.
rt_values_take() {
	[ -n "$1" ] || return 0
	rt_id=${1%% *}
	rt_line=${1#* }
	rt_kind=${rt_line%% *}
	rt_line=${rt_line#* }
	rt_wanted=${rt_line%% *}
	rt_state_unescape "${rt_line#* }"
	if [ "$rt_kind" = e ]; then
		waymark_exports rt_exports_found
	else
		rt_held=$rt_held$1$RT_NL rt_n=0
		waymark_variables rt_values_found
	fi
}

# rt_values_found: takes the line of a variable: is it rt_wanted of rt_id?
# What has become a secret since is not taken.
rt_values_found() {
	rt_n=$((rt_n + 1))
	case $4 in *s*) return 0 ;; esac
	[ "$2 $3" = "$rt_id $rt_wanted" ] || return 0
	eval "rt_kept_$rt_n=\$RT_REPLY rt_kind_$rt_n=\$rt_kind"
}

# rt_values_begin: in the transaction that a run begins with: what the steps
# will see is kept, and stands at the head of each rollback.
rt_values_begin() {
	rt_variables_same
	[ "$rt_choice" != new ] || waymark_exports rt_exports_reset
	rt_put value_table
	rt_n=0
	waymark_variables rt_values_keep
	waymark_plan rt_values_text
}

# rt_values_keep: takes the line of a variable: keeps it, but for a secret.
rt_values_keep() {
	rt_n=$((rt_n + 1))
	case $4 in *s*) return 0 ;; esac
	eval "rt_value=\$rt_value_$rt_n rt_source=\$rt_source_$rt_n"
	case $rt_source in
	kept) eval "rt_kind=\$rt_kind_$rt_n" ;;
	none) rt_kind=n ;;
	default) rt_kind=d ;;
	*) rt_kind=g ;;
	esac
	rt_put value "$rt_run" "$1" "$rt_kind" "$3" "$rt_value"
}

# rt_values_verify: verification sees what the run did. Where values are
# missing or wrong by now, exit 2; where a run that is under way was not the
# one whose values were read, 4.
rt_values_verify() {
	if [ -n "$rt_resolved" ]; then
		rt_variables_same
		return 0
	fi
	rt_variables_kept
	rt_variables_resolve
	rt_variables_refuse
}

# rt_values_text: takes the plan's line of a step: its rollback with the
# values in front. What the author wrote stays in rt_author_SYMBOL.
rt_values_text() {
	case $5 in
	*r*) ;;
	*) return 0 ;;
	esac
	eval "rt_author_$3=\${rollback_$3-\${rt_author_$3-}}"
	rt_id=$2 rt_at=$(($1 + 1))
	rt_head="# The variables of that run; secret ones are not kept.$RT_NL"
	rt_values_each rt_values_assign
	eval "rollback_$3=\$rt_head\$rt_author_$3"
}
rt_values_assign() {
	case $3 in *s*) return 0 ;; esac
	rt_text_shell "$2"
	rt_head="${rt_head}export $1=$RT_REPLY$RT_NL"
}

# rt_values_each FUNCTION: calls it with NAME VALUE FLAGS for all that the
# step rt_id sees, those that go before others last: the installer's variables,
# the exports of the steps before rt_at, the step's own variables.
rt_values_each() {
	rt_function=$1 rt_scope=- rt_n=0
	waymark_variables rt_values_each_one
	waymark_exports rt_exports_each
	rt_scope=$rt_id rt_n=0
	waymark_variables rt_values_each_one
}
rt_values_each_one() {
	rt_n=$((rt_n + 1))
	[ "$2" = "$rt_scope" ] || return 0
	eval "\"\$rt_function\" $3 \"\$rt_value_$rt_n\" \$4"
}

# rt_values_enter ID: in the child of the step ID: its environment. What a
# rollback's file does not hold, the secrets, an undo gets from here.
rt_values_enter() {
	rt_id=$1 rt_at=${rt_mark_env#*/}
	rt_word=${rt_at#*.} rt_at=${rt_at%%.*}
	unset WAYMARK_EXPORTS
	if [ "$rt_word" = undo. ]; then
		waymark_variables rt_variables_secret
		return
	fi
	rt_values_each rt_values_export
	[ "$rt_word" = verify. ] || waymark_exports rt_exports_file
}
rt_values_export() {
	eval "$1=\$2 && export $1"
}
