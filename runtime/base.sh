# module: base
# provides: RT_REPLY
# requires:

# The exit codes, the same for every verb.
RT_FAILED=1 RT_USAGE=2 RT_HOST=3 RT_LOCKED=4 RT_STORE=5
RT_UNDONE=6 RT_PARTIAL=7 RT_INTEGRITY=8

RT_NL='
'
RT_TAB=$(printf '\t')
RT_CR=$(printf '\r')
RT_IFS=" $RT_TAB$RT_NL"
RT_ELSEWHERE='Choose another place with: --checkpoint-dir DIR'

# The clock, in SQL: sqlite3 reads it, for date would be a process a step.
RT_NOW="strftime('%Y-%m-%dT%H:%M:%fZ','now')"
RT_MS="CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)"
RT_JOINED='step_checkpoints s JOIN installer_runs r ON r.run=s.run'

# mksh alone needs a token of success: see rt_step_child.
case ${KSH_VERSION-} in
*MIRBSD*) RT_MKSH=m ;;
*) RT_MKSH= ;;
esac

# Where functions leave their results, so that none needs a fork.
RT_REPLY=
