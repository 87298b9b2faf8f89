// Writes helpdesk/static/vendor from the locked packages; run it with `make assets`.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { build } from "esbuild";

const OUT = new URL("../helpdesk/static/vendor/", import.meta.url);
const packageOf = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
const source = (path) => readFileSync(`node_modules/${path}`, "utf8");
const withoutMap = (text) => text.replace(/\n?\/\/# sourceMappingURL=.*$/gm, "").trimEnd() + "\n";
const banner = (names) =>
    names.map((name) => `/*! ${name} ${packageOf(name).version} | ${packageOf(name).license} */\n`).join("");

function icons(names) {
    const symbols = names.map((name) => {
        const path = `lucide-static/icons/${name}.svg`;
        if (!existsSync(`node_modules/${path}`)) throw new Error(`lucide has no icon "${name}"`);
        const body = source(path).replace(/<!--.*?-->/s, "").replace(/^\s*<svg[^>]*>|<\/svg>\s*$/g, "");
        return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, "")}</symbol>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

async function editor() {
    const result = await build({
        entryPoints: ["editor.js"],
        bundle: true,
        format: "esm",
        target: "es2022",
        minify: true,
        legalComments: "none",
        write: false,
    });
    return result.outputFiles[0].text;
}

function licences(names) {
    return names.map((name) => {
        const file = readdirSync(`node_modules/${name}`).find((entry) => /^licen[cs]e/i.test(entry));
        const text = file ? source(`${name}/${file}`) : `MIT, by ${packageOf(name).author}\n`;
        return `${"=".repeat(78)}\n${name} ${packageOf(name).version}\n${"=".repeat(78)}\n${text}`;
    }).join("\n");
}

const FILES = {
    "htmx.js": {
        names: ["htmx.org", "idiomorph"],
        text: source("htmx.org/dist/htmx.min.js").trimEnd() + "\n" + source("idiomorph/dist/idiomorph-ext.min.js"),
    },
    "editor.js": { names: ["squire-rte", "dompurify"], text: await editor() },
    "icons.svg": { names: ["lucide-static"], text: icons(JSON.parse(readFileSync("icons.json", "utf8"))) },
};

mkdirSync(OUT, { recursive: true });
const manifest = [];
for (const [file, { names, text }] of Object.entries(FILES)) {
    const content = file.endsWith(".js") ? banner(names) + withoutMap(text) : text;
    writeFileSync(new URL(file, OUT), content);
    manifest.push({
        file,
        sha256: createHash("sha256").update(content).digest("hex"),
        made_from: names.map((name) => ({
            name,
            version: packageOf(name).version,
            licence: packageOf(name).license,
        })),
    });
}
writeFileSync(new URL("vendor.json", OUT), JSON.stringify(manifest, null, 2) + "\n");
writeFileSync(new URL("LICENSES.txt", OUT), licences(Object.values(FILES).flatMap(({ names }) => names)));
