#!/usr/bin/env bash
# Certificates for one cluster: FOLDER/{scheduler,worker,client} hold ca.pem, cert.pem and key.pem of each role. The
# scheduler's also serves its dashboard, under the names given. FOLDER/authority signs new ones: keep it off the cluster.
set -euo pipefail

usage="usage: certificates.sh FOLDER [NAME-OR-ADDRESS-OF-THE-SCHEDULER...]"
folder=${1:?$usage}
shift
names=(localhost 127.0.0.1 "$@")
days=${DSGNS_CERTIFICATE_DAYS:-825}
umask 077

new_key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1"; }

authority=$folder/authority
mkdir -p "$authority"
if [[ ! -e $authority/ca.pem ]]; then
    new_key "$authority/key.pem"
    openssl req -x509 -new -key "$authority/key.pem" -subj "/CN=dsgns cluster" -days "$days" -out "$authority/ca.pem" \
        -config <(printf '%s\n' '[req]' 'distinguished_name=dn' 'x509_extensions=ca' '[dn]' '[ca]' \
            'basicConstraints=critical,CA:TRUE' 'keyUsage=critical,keyCertSign,cRLSign' 'subjectKeyIdentifier=hash')
fi

alternatives=""
for name in "${names[@]}"; do
    [[ $name =~ ^[0-9.]+$|: ]] && kind=IP || kind=DNS
    alternatives+="${alternatives:+,}$kind:$name"
done

for role in scheduler worker client; do
    place=$folder/$role
    mkdir -p "$place"
    # Whoever is called also calls, but for the client.
    [[ $role == client ]] && uses=clientAuth || uses=serverAuth,clientAuth
    new_key "$place/key.pem"
    openssl req -new -key "$place/key.pem" -subj "/CN=dsgns $role" -config <(printf '[req]\ndistinguished_name=dn\n[dn]\n') |
        openssl x509 -req -CA "$authority/ca.pem" -CAkey "$authority/key.pem" -days "$days" \
            -set_serial "0x$(openssl rand -hex 16)" -out "$place/cert.pem" -extfile <(printf '%s\n' \
                'basicConstraints=critical,CA:FALSE' 'keyUsage=critical,digitalSignature' "extendedKeyUsage=$uses" \
                'subjectKeyIdentifier=hash' 'authorityKeyIdentifier=keyid' "subjectAltName=$alternatives") 2>/dev/null
    cp "$authority/ca.pem" "$place/ca.pem"
done
echo "$folder: scheduler, worker and client, good for $days days"
