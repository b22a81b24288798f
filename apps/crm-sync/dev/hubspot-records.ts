import { randomUUID } from 'node:crypto';

export interface StoredRecord {
  readonly id: string;
  /** Those that are not empty. */
  readonly properties: Readonly<Record<string, string>>;
  readonly archived: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Properties that had that value already. */
  readonly unchanged?: readonly string[];
}

/** An error as HubSpot words it. */
export const fail = (status: number, category: string, message: string) => ({
  status,
  body: { status: 'error', message, correlationId: randomUUID(), category },
});

type Input = { readonly id: string; readonly idProperty?: string; readonly properties: Record<string, string> };
type Kind = 'contacts' | 'companies';

/** Contacts and companies and what connects them, with HubSpot's rules on them. */
export class HubSpotRecords {
  readonly contacts = new Map<string, StoredRecord>();
  readonly companies = new Map<string, StoredRecord>();
  readonly associations = new Map<string, Set<string>>();
  #lastId = 100;

  answer(method: string, url: URL, body: string): Answer {
    const [route, kind, id, toKind, toId] = match(method, url.pathname);
    const idProperty = url.searchParams.get('idProperty') ?? undefined;
    if (route === undefined) return fail(404, 'OBJECT_NOT_FOUND', `No route for ${method} ${url.pathname}`);
    if (route === 'associate' || route === 'dissociate') return this.#associate(route, kind, id, toKind, toId);
    if (route === 'archive') return this.#archive(kind, id);
    if (route === 'get') return this.#get(kind, id, url.searchParams.get('properties') ?? '', idProperty);
    let parsed: { properties?: Record<string, string>; inputs?: Input[] };
    try {
      parsed = JSON.parse(body);
    } catch {
      return fail(400, 'VALIDATION_ERROR', 'Invalid input JSON');
    }
    if (route === 'create') return this.#write(kind, undefined, parsed.properties ?? {}, 201);
    if (route === 'upsert') return this.#upsert(kind, parsed.inputs ?? []);
    const found = this.#find(kind, id, idProperty);
    return found === undefined ? notFound : this.#write(kind, found, parsed.properties ?? {}, 200);
  }

  /** Contacts with their company, as a page. */
  overview(): string {
    const rows = [...this.contacts.values()]
      .filter(({ archived }) => !archived)
      .map(({ id, properties: { firstname = '', lastname = '', email = '', phone = '' } }) => {
        const companies = [...(this.associations.get(id) ?? [])].map((of) => this.companies.get(of)?.properties.name);
        const cells = [id, `${firstname} ${lastname}`, email, phone, companies.join(', ')];
        return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}`).join('')}`;
      });
    const head = '<tr><th>id<th>name<th>e-mail<th>phone<th>company';
    return `<!doctype html><meta http-equiv="refresh" content="2"><title>HubSpot stand-in</title><h1>Contacts: ${rows.length}</h1><table border="1">${head}${rows.join('')}</table>`;
  }

  #of(kind: Kind): Map<string, StoredRecord> {
    return kind === 'contacts' ? this.contacts : this.companies;
  }

  /** A live one, by its id or by a property of which each value is there once. */
  #find(kind: Kind, id: string, idProperty?: string): StoredRecord | undefined {
    if (idProperty !== undefined && idProperty !== 'hs_object_id') return this.#holder(kind, idProperty, id);
    const found = this.#of(kind).get(id);
    return found?.archived === false ? found : undefined;
  }

  #holder(kind: Kind, name: string, value: string): StoredRecord | undefined {
    return [...this.#of(kind).values()].find(({ archived, properties }) => !archived && properties[name] === value);
  }

  #get(kind: Kind, id: string, names: string, idProperty?: string): Answer {
    const found = this.#find(kind, id, idProperty);
    if (found === undefined) return notFound;
    const asked = names.split(',').map((name) => [name, found.properties[name] ?? null]);
    return { status: 200, body: { ...found, properties: { ...found.properties, ...Object.fromEntries(asked) } } };
  }

  #upsert(kind: Kind, inputs: readonly Input[]): Answer {
    const results: object[] = [];
    for (const { id, idProperty = '', properties } of inputs) {
      if (!uniqueProperties[kind].includes(idProperty)) {
        return fail(400, 'VALIDATION_ERROR', `Unable to perform update/upsert by non-unique property ${idProperty}`);
      }
      const found = this.#holder(kind, idProperty, id);
      const answer = this.#write(kind, found, { ...properties, [idProperty]: id }, 200);
      if (answer.status !== 200) return answer;
      results.push({ ...(answer.body as object), new: found === undefined });
    }
    const now = new Date().toISOString();
    return { status: 200, body: { status: 'COMPLETE', results, startedAt: now, completedAt: now } };
  }

  #write(kind: Kind, old: StoredRecord | undefined, properties: Record<string, string>, status: number): Answer {
    for (const name of Object.keys(properties)) {
      if (!knownProperties[kind].includes(name)) {
        return fail(400, 'VALIDATION_ERROR', `Property values were not valid: Property "${name}" does not exist`);
      }
    }
    const given = { ...properties };
    if (given.email !== undefined) given.email = given.email.trim().toLowerCase();
    if (given.email && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(given.email)) {
      return fail(400, 'VALIDATION_ERROR', `Property values were not valid: Email address ${given.email} is invalid`);
    }
    for (const name of uniqueProperties[kind]) {
      const holder = given[name] ? this.#holder(kind, name, given[name]) : undefined;
      if (holder === undefined || holder.id === old?.id) continue;
      const what = kind === 'contacts' ? 'Contact' : 'Company';
      return fail(409, 'CONFLICT', `${what} already exists. Existing ID: ${holder.id}`);
    }
    const now = new Date().toISOString();
    const all = Object.entries({ ...old?.properties, ...given }).filter(([, value]) => value !== '' && value !== null);
    this.#lastId += old === undefined ? 1 : 0;
    const { id, createdAt } = old ?? { id: String(this.#lastId), createdAt: now };
    const record = { id, properties: Object.fromEntries(all), archived: false, createdAt, updatedAt: now };
    this.#of(kind).set(id, record);
    const unchanged = Object.keys(given).filter((name) => (given[name] ?? '') === (old?.properties[name] ?? ''));
    return { status, body: record, unchanged };
  }

  #archive(kind: Kind, id: string): Answer {
    const found = this.#find(kind, id);
    if (found !== undefined) {
      this.#of(kind).set(id, { ...found, archived: true });
      if (kind === 'contacts') this.associations.delete(id);
      else for (const companies of this.associations.values()) companies.delete(id);
    }
    return { status: 204 };
  }

  #associate(route: string, kind: Kind, id: string, toKind: string | undefined, toId: string | undefined): Answer {
    if (kind !== 'contacts' || toKind !== 'companies' || toId === undefined) {
      return fail(400, 'VALIDATION_ERROR', 'Only contacts and companies are associated here');
    }
    if (route === 'dissociate') {
      this.associations.get(id)?.delete(toId);
      return { status: 204 };
    }
    if (this.#find(kind, id) === undefined || this.#find('companies', toId) === undefined) return notFound;
    this.associations.set(id, (this.associations.get(id) ?? new Set()).add(toId));
    const now = new Date().toISOString();
    return { status: 200, body: { status: 'COMPLETE', results: [], startedAt: now, completedAt: now } };
  }
}

const notFound = fail(404, 'OBJECT_NOT_FOUND', 'resource not found');

const knownProperties = {
  contacts: ['twenty_id', 'firstname', 'lastname', 'email', 'phone', 'jobtitle'],
  companies: ['twenty_id', 'name', 'domain', 'city'],
};
const uniqueProperties = { contacts: ['email', 'twenty_id'], companies: ['twenty_id'] };

type Route = 'associate' | 'dissociate' | 'archive' | 'get' | 'create' | 'upsert' | 'update';
type Matched = readonly [
  route: Route | undefined,
  kind: Kind,
  id: string,
  toKind?: string | undefined,
  toId?: string | undefined,
];

function match(method: string, path: string): Matched {
  const batch = /^\/crm\/v3\/objects\/(contacts|companies)\/batch\/upsert$/.exec(path);
  if (batch && method === 'POST') return ['upsert', batch[1] as Kind, ''];
  const one = /^\/crm\/v3\/objects\/(contacts|companies)(?:\/([^/]+))?$/.exec(path);
  if (one) {
    const [, kind, id = ''] = one;
    const routes =
      id === '' ? { POST: 'create' as const } : ({ GET: 'get', PATCH: 'update', DELETE: 'archive' } as const);
    return [(routes as Readonly<Record<string, Route>>)[method], kind as Kind, decodeURIComponent(id)];
  }
  const two = /^\/crm\/v4\/objects\/(contacts|companies)\/([^/]+)\/associations\/(default\/)?([^/]+)\/([^/]+)$/.exec(
    path,
  );
  const [, kind, id = '', isDefault, toKind, toId] = two ?? [];
  const route =
    method === 'PUT' && isDefault ? 'associate' : method === 'DELETE' && !isDefault ? 'dissociate' : undefined;
  return [route, kind as Kind, id, toKind, toId];
}

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
