# What login shells get while the agent of this machine runs: copy to /etc/profile.d. What is set already stays.
# It is what 'tailnet-agent env --no-java' says of the default listener.
if [ -d /run/tailnet-agent ] && [ -z "${HTTP_PROXY:-}${http_proxy:-}${ALL_PROXY:-}${all_proxy:-}" ]; then
    export HTTP_PROXY=http://127.0.0.1:1055
    export http_proxy=http://127.0.0.1:1055
    export HTTPS_PROXY=http://127.0.0.1:1055
    export https_proxy=http://127.0.0.1:1055
    export ALL_PROXY=socks5h://127.0.0.1:1055
    export all_proxy=socks5h://127.0.0.1:1055
    export NO_PROXY=localhost,127.0.0.1,::1
    export no_proxy=localhost,127.0.0.1,::1
    export NODE_USE_ENV_PROXY=1
fi
