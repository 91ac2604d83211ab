package groovy.lang;

/**
 * What picocli looks for when its classes are initialised. It is no part of Groovy: it is here to be found, because the JVM opens each jar
 * of the class path before it says that a class is absent, which takes a tenth of the time of a short verb.
 */
public abstract class Closure {
    private Closure() {}
}
