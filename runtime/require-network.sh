# module: require-network
# provides: rt_require_network rt_require_routes
# requires: base require

# rt_require_network: this host must have a route to others. Nobody is asked:
# a route is no proof that somebody answers.
rt_require_network() {
	set -- network unmet 'a route to other hosts'
	if [ -r /proc/net/route ]; then
		! rt_require_routes /proc/net/route /proc/net/ipv6_route ||
			set -- "$1" met "$3"
	elif [ "$(uname -s)" = Linux ] || ! rt_require_netstat; then
		set -- "$1" unknown "$3"
	elif [ -n "$RT_REPLY" ]; then
		set -- "$1" met "$3"
	fi
	case $2 in
	met) rt_word=$RT_REPLY ;;
	unmet) rt_word=none ;;
	*) rt_word='nothing here tells the routes' ;;
	esac
	rt_require_note "$@" "$rt_word" "Connect this host to a network."
}

# rt_require_routes IPV4 IPV6: true where the tables, as Linux shows them in
# /proc/net, have a route that leaves this host: RT_REPLY is its interface.
rt_require_routes() {
	while read -r RT_REPLY rt_word rt_line; do
		# The heading, the host itself, a refusal, and link-local ones.
		case "$RT_REPLY $rt_word" in
		'Iface D'* | 'lo '* | '* '* | *' 0000FEA9' | *' A9FE0000') ;;
		*) return 0 ;;
		esac
	done <"$1"
	[ -r "$2" ] || return 1
	while read -r rt_word rt_line; do
		RT_REPLY=${rt_line##* }
		# The host itself, its own addresses, link-local and multicast.
		case "$RT_REPLY $rt_word ${rt_line%% *}" in
		'lo '* | *' fe80'* | *' ff'* | *' 80') ;;
		*) return 0 ;;
		esac
	done <"$2"
	return 1
}

# rt_require_netstat: RT_REPLY is the default route of macOS or a BSD, or
# empty. Fails where nobody can tell. macOS has some of utun at all times.
rt_require_netstat() {
	RT_REPLY=$(
		exec 2>/dev/null
		netstat -rn | sed -n -e '/utun/d' -e '/^default/p' |
			sed -e 's/  */ /g' -e 1q
	)
	[ -n "$RT_REPLY" ] || command -v netstat >/dev/null 2>&1
}
