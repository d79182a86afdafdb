package io.portguard.samples.spring;

/** On Tomcat, the default. */
class TomcatSampleTest extends SampleTest {}
