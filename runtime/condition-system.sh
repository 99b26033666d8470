# module: condition-system
# provides: rt_condition_absent rt_condition_service rt_condition_member
# requires: base condition

# The conditions that a package manager, systemd or the user database is
# asked for. A host that cannot be asked does not hold them.

# Where systemd has what it runs by, where it runs.
RT_SYSTEMD=/run/systemd/system

# rt_condition_absent PACKAGE: no package manager of this host has it. All of
# them are asked: a Debian can have an rpm that knows of nothing.
rt_condition_absent() {
	rt_found='' rt_asked=''
	for rt_word in dpkg-query rpm apk pacman; do
		command -v "$rt_word" >/dev/null 2>&1 || continue
		rt_asked="$rt_asked $rt_word"
		case $rt_word in
		dpkg-query) rt_condition_dpkg "$1" ;;
		rpm) rt_condition_ask 'is not installed' rpm -q "$1" ;;
		apk) rt_condition_apk "$1" ;;
		pacman) rt_condition_ask 'was not found' pacman -Q "$1" ;;
		esac
	done
	[ -n "$rt_asked" ] ||
		rt_found='no dpkg-query, rpm, apk or pacman to ask'
	[ -z "$rt_found" ] ||
		rt_condition_failed "no package $1" "$rt_found"
}

# rt_condition_ask ABSENT COMMAND ...: runs it: exit 0 says that the package
# is there, else the text ABSENT that it is not. Sets rt_found otherwise.
rt_condition_ask() {
	rt_absent=$1
	shift
	RT_REPLY=$(LC_ALL=C "$@" 2>&1)
	rt_status=$?
	case $rt_status$RT_REPLY in
	0*) rt_found="$1: $RT_REPLY" ;;
	*"$rt_absent"*) ;;
	*) rt_found="$1 does not tell (exit $rt_status): $RT_REPLY" ;;
	esac
}

# rt_condition_dpkg PACKAGE: one that was removed and left its configuration
# is known, and not there; one that is half installed is.
rt_condition_dpkg() {
	# shellcheck disable=SC2016 # dpkg-query's own variables
	RT_REPLY=$(LC_ALL=C dpkg-query -W -f='${Version} ${Status}\n' "$1" 2>&1)
	rt_status=$?
	case $rt_status in
	0) ;;
	1) return 0 ;;
	*)
		rt_found="dpkg-query does not tell: $RT_REPLY"
		return 0
		;;
	esac
	while IFS= read -r rt_line; do
		case $rt_line in
		*' config-files' | *' not-installed' | '') ;;
		*) rt_found="dpkg: $rt_line" ;;
		esac
	done <<EOF
$RT_REPLY
EOF
}

# rt_condition_apk PACKAGE: apk says nothing of one that is not there.
rt_condition_apk() {
	RT_REPLY=$(LC_ALL=C apk info -e "$1" 2>&1)
	rt_status=$?
	case $rt_status$RT_REPLY in
	0*) rt_found="apk: $RT_REPLY" ;;
	1) ;;
	*) rt_found="apk does not tell (exit $rt_status): $RT_REPLY" ;;
	esac
}

# rt_condition_service NAME: systemd, which runs here, has it as active.
rt_condition_service() {
	rt_word="the service $1 to be active"
	if [ ! -d "$RT_SYSTEMD" ]; then
		rt_condition_failed "$rt_word" 'no systemd that runs here'
	else
		RT_REPLY=$(systemctl is-active -- "$1" 2>&1) ||
			rt_condition_failed "$rt_word" "$RT_REPLY"
	fi
}

# rt_condition_name TEXT: RT_REPLY is TEXT, or for ${NAME} its value in the
# environment. Fails where that is no name.
rt_condition_name() {
	case $1 in
	\$*)
		RT_REPLY=${1#??}
		rt_condition_lookup "${RT_REPLY%?}" || RT_REPLY=
		;;
	*) RT_REPLY=$1 ;;
	esac
	case $RT_REPLY in '' | -*) return 1 ;; esac
}

# rt_condition_member USER GROUP: the user database has USER in GROUP.
rt_condition_member() {
	rt_word="the user $1 in the group $2"
	rt_condition_name "$1" || {
		rt_condition_failed "$rt_word" "no user's name in $1"
		return 0
	}
	rt_user=$RT_REPLY
	rt_condition_name "$2" || {
		rt_condition_failed "$rt_word" "no group's name in $2"
		return 0
	}
	rt_word="the user $rt_user in the group $RT_REPLY"
	rt_group=$RT_REPLY
	if ! RT_REPLY=$(id -Gn "$rt_user" 2>&1); then
		rt_condition_failed "$rt_word" "$RT_REPLY"
	else
		case " $RT_REPLY " in
		*" $rt_group "*) ;;
		*) rt_condition_failed "$rt_word" "the groups $RT_REPLY" ;;
		esac
	fi
}
