/** For picocli alone: see {@link groovy.lang.Closure}. */
package groovy.lang;
