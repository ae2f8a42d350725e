// A client of the npm package odoo-await, led by lines of JSON: first its settings, then one line
// per call, [method, ...arguments]. Each call is answered by a line {value} or {error}.
"use strict";

const readline = require("node:readline");
const Odoo = require("odoo-await");

async function answer(odoo, [method, ...parameters]) {
    try {
        return { value: await odoo[method](...parameters) };
    } catch (error) {
        // A failed login is thrown as a string, everything else as an Error.
        return { error: { message: `${error.message ?? error}`, faultCode: error.faultCode } };
    }
}

async function main() {
    let odoo;
    for await (const line of readline.createInterface({ input: process.stdin })) {
        if (odoo) {
            console.log(JSON.stringify(await answer(odoo, JSON.parse(line))));
        } else {
            odoo = new Odoo(JSON.parse(line));
        }
    }
}

main();
