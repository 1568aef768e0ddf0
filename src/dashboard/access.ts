import { createHash, timingSafeEqual } from 'node:crypto';

import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';

export interface Access {
  readonly token: string;
  /** Under which `Host` it answers: `127.0.0.1:4680`, `dashboard.corp.io`. */
  readonly hosts: ReadonlySet<string>;
  /** Cookies of one machine are shared by all its ports, so each dashboard has a name of its own. */
  readonly cookie: string;
}

/** Nothing on a page may run or be fetched but our own files. */
export function headers(): MiddlewareHandler {
  const secure = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    referrerPolicy: 'no-referrer',
    // Where TLS ends is a proxy's business.
    strictTransportSecurity: false,
  });
  return async (context, next) => {
    await secure(context, async () => {
      await next();
      context.header('Cache-Control', 'no-store');
    });
  };
}

/**
 * A name that somebody else's DNS lets point here, or another site's page, gets nothing: neither could
 * be told from the user otherwise.
 */
export function ownAddressOnly({ hosts }: Access): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host')?.toLowerCase() ?? '';
    if (!hosts.has(host)) {
      return context.text(
        'The dashboard does not answer to this host name. See --allow-host.\n',
        403,
      );
    }
    const origin = context.req.header('origin');
    if (origin !== undefined && !isOwn(origin, host)) {
      return context.text('Requests of other sites are refused.\n', 403);
    }
    return next();
  };
}

function isOwn(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** It shows, and changes nothing. */
export function readingOnly(): MiddlewareHandler {
  return async (context, next) => {
    const { method, path } = context.req;
    const isRead = method === 'GET' || method === 'HEAD';
    if (isRead || (method === 'POST' && path === '/session')) return next();
    context.header('Allow', 'GET, HEAD');
    return context.text('The dashboard only shows.\n', 405);
  };
}

/** Asks for the token: in the link that was printed, as `Authorization: Bearer`, or as the cookie. */
export function tokenOnly(
  access: Access,
  refused: (context: Context) => Response | Promise<Response>,
): MiddlewareHandler {
  return async (context, next) => {
    const given = context.req.query('token');
    if (given !== undefined) {
      if (!isToken(access, given)) return refused(context);
      remember(context, access);
      return context.redirect(withoutToken(context.req.url), 303);
    }
    const bearer = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1];
    const known = bearer ?? getCookie(context, access.cookie);
    return known !== undefined && isToken(access, known) ? next() : refused(context);
  };
}

/** Hashes are of one length, whatever was sent, and comparing them takes one time. */
export function isToken({ token }: Access, given: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(hash(token), hash(given));
}

export function remember(context: Context, { cookie, token }: Access): void {
  setCookie(context, cookie, token, { httpOnly: true, sameSite: 'Lax', path: '/' });
}

/** The address bar, the history and a screenshot must not hold it. */
function withoutToken(address: string): string {
  const url = new URL(address);
  url.searchParams.delete('token');
  return `${url.pathname}${url.search}`;
}
