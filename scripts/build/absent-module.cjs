"use strict";

// Stands for axios and axios-ntlm in the provider's bundle: node-soap loads them for its own HTTP client, and ours is
// used instead (docs/adr/0002-node-soap.md). Without them the bundle is less than half as large.
module.exports = {};
