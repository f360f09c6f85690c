#!/usr/bin/env bash
# The same as register-app.ps1, by the Azure CLI: registers B2Cal Desktop as a public client that may read the signed-in
# person's own calendar, approves it for everybody, and writes the lines for policy.toml to standard output.
#
#   az login --tenant foretag.onmicrosoft.com --allow-no-subscriptions
#   ./register-app-az.sh [--read] [--mailbox-settings] [--broker] [--name NAME] >policy.toml
#
# Needs an account that may approve delegated permissions for everybody (Cloud Application Administrator). For other
# clouds: `az cloud set --name AzureUSGovernment` or `AzureChinaCloud` before `az login`.
set -euo pipefail

graph=00000003-0000-0000-c000-000000000000
name='B2Cal Desktop' permission=Calendars.ReadBasic broker=
scopes=(openid profile offline_access User.Read)
while [ $# -gt 0 ]; do
  case $1 in
    --read) permission=Calendars.Read ;;
    --mailbox-settings) scopes+=(MailboxSettings.Read) ;;
    --broker) broker=yes ;;
    --name) name=${2:?--name needs a name}; shift ;;
    *) printf 'unknown option: %s\n' "$1" >&2; exit 2 ;;
  esac
  shift
done
scopes+=("$permission")

# What was just made is not known everywhere in the directory at once.
wait_for_directory() {
  local count=1
  until "$@" >/dev/null; do
    [ "$count" -lt 10 ] || return 1
    count=$((count + 1))
    sleep 3
  done
}

# Permissions are looked up by name, so that no id here can be wrong.
access=
for scope in "${scopes[@]}"; do
  id=$(az ad sp show --id "$graph" --query "oauth2PermissionScopes[?value=='$scope'].id | [0]" --output tsv)
  [ -n "$id" ] || { printf 'Microsoft Graph has no delegated permission named %s in this cloud\n' "$scope" >&2; exit 1; }
  access+="${access:+,}{\"id\":\"$id\",\"type\":\"Scope\"}"
done
resources="[{\"resourceAppId\":\"$graph\",\"resourceAccess\":[$access]}]"

app=$(az ad app list --filter "displayName eq '${name//\'/\'\'}'" --query '[].appId' --output tsv)
case $app in
  '') app=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId --output tsv) ;;
  *$'\n'*) printf 'there are several apps named %s; remove or rename the others first\n' "$name" >&2; exit 1 ;;
esac
redirects=(http://localhost ${broker:+"ms-appx-web://microsoft.aad.brokerplugin/$app"})
az ad app update --id "$app" --sign-in-audience AzureADMyOrg --is-fallback-public-client true \
  --public-client-redirect-uris "${redirects[@]}" --required-resource-accesses "$resources" >&2
az ad sp show --id "$app" >/dev/null 2>&1 || wait_for_directory az ad sp create --id "$app"

# One grant for everybody, in place of earlier ones: the same as "Grant admin consent" in the portal.
wait_for_directory az ad app permission grant --id "$app" --api "$graph" --scope "${scopes[@]}" \
  --consent-type AllPrincipals

case $(az cloud show --query name --output tsv) in
  AzureUSGovernment) cloud=usgov ;;
  AzureChinaCloud) cloud=china ;;
  *) cloud=global ;;
esac
cat <<TOML
[defaults.calendar]
source = "microsoft365"

[locked.calendar.microsoft365]
tenant = "$(az account show --query tenantId --output tsv)"
client_id = "$app"
cloud = "$cloud"
TOML
[ "$permission" = Calendars.ReadBasic ] || echo 'permission = "full"'
[ -z "$broker" ] || echo 'broker = true'
