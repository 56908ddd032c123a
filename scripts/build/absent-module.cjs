"use strict";

// Stands in the provider's bundle for what node-soap loads and ours never calls: axios and axios-ntlm, for which
// there is a client of our own (docs/adr/0002-node-soap.md), and formidable, which reads attachments. Without them the
// bundle is less than half as large.
module.exports = {};
