/**
 * The variable by which programs that know no VSPHERE_CA_FILE trust the certificates in a folder, and go on trusting
 * the system's: those written in Go, vmware/vsphere and govc among them (crypto/x509; on macOS they ask the keychain
 * alone), and those that use OpenSSL's default paths keep the system's. SSL_CERT_FILE would take the system's
 * away, and `terraform init` from a registry with them.
 */
export function trustFolder(folder: string, { SSL_CERT_DIR }: NodeJS.ProcessEnv): { SSL_CERT_DIR: string } {
  return { SSL_CERT_DIR: `${folder}:${SSL_CERT_DIR || "/etc/ssl/certs"}` };
}
