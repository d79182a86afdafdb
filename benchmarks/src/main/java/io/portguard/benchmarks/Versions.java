package io.portguard.benchmarks;

import java.net.URL;
import java.security.CodeSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The versions of the libraries that are measured, as the names of their jars tell them. */
public final class Versions {

    private static final Pattern JAR = Pattern.compile("-(\\d[^/]*)\\.jar$");

    private Versions() {}

    /** The version of the library that a class is of; empty where it does not come from a jar that names one. */
    public static String of(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        return location == null ? "" : inName(location.getPath());
    }

    static String inName(String jar) {
        Matcher matcher = JAR.matcher(jar);
        return matcher.find() ? matcher.group(1) : "";
    }
}
