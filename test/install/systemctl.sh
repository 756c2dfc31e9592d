#!/bin/sh -e
# systemctl where no systemd runs: it starts the ExecStart of a unit as its user, in its folder, with its environment, and with
# the file system as read-only as the unit makes it. It takes `daemon-reload`, `enable --now UNIT`, `disable --now UNIT` and `restart UNIT` (not for
# the journal, which does not run); a UNIT with a name after @ is of the template before it. `list-units` names the instances that were started.
case $1 in
  daemon-reload | --system) exit 0 ;;
  restart) [ "$2" = systemd-journald ] && exit 0 ;;
  disable)
    # Here every process of the user is the service; its user can be deleted once they have ended. Nobody reaps them.
    running() {
      for process in /proc/[0-9]*; do
        [ "$(stat -c %U "$process" 2> /dev/null)" = sesame ] || continue
        grep -qs '^State:.Z' "$process/status" || echo "${process#/proc/}"
      done
    }
    for number in $(running); do kill "$number" || true; done
    while [ -n "$(running)" ]; do sleep 0.2; done
    exit 0
    ;;
  list-units)
    for log in /var/log/*@*.log; do echo "$(basename "$log" .log).service loaded active running"; done
    exit 0
    ;;
esac
for name; do :; done
case $name in *@*) file=${name%%@*}@ instance=${name#*@} ;; *) file=$name instance= ;; esac
for folder in /lib/systemd/system /etc/systemd/system; do
  [ -e "$folder/$file.service" ] && unit=$folder/$file.service
done
valuesOf() { sed -n "s/%i/$instance/g; s/^$1=//p" "$unit"; }

export user="$(valuesOf User)" command="$(valuesOf ExecStart)" environment="$(valuesOf Environment)"
export work="$(valuesOf WorkingDirectory)" mask="$(valuesOf UMask)" writable="$(valuesOf ReadWritePaths)"
export strict="$(valuesOf ProtectSystem)" temporary="$(valuesOf PrivateTmp)" check="$(valuesOf ExecStartPre)"
state=$(valuesOf StateDirectory)
if [ -n "$state" ]; then
  install -d -m "$(valuesOf StateDirectoryMode)" -o "$user" -g "$user" "/var/lib/$state"
  writable="$writable /var/lib/$state"
fi
start='
  if [ "$strict" = strict ]; then
    for path in $writable; do mount --bind "$path" "$path"; done
    mount -o remount,bind,ro /
  fi
  [ "$temporary" = yes ] && mount -t tmpfs tmpfs /tmp
  cd "${work:-/}"
  umask "${mask:-0022}"
  exec setpriv --reuid="${user:-root}" --regid="${user:-root}" --init-groups --no-new-privs \
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin $environment sh -c "exec $command"
'
[ -z "$check" ] || command=$check unshare --mount sh -ec "$start"
setsid --fork unshare --mount sh -ec "$start" > "/var/log/$name.log" 2>&1 < /dev/null
