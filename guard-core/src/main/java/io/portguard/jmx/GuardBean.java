package io.portguard.jmx;

import io.portguard.doctor.Doctor;
import io.portguard.doctor.GuardDoctor;
import io.portguard.settings.InvalidSettingException;
import io.portguard.settings.Setting;
import io.portguard.standard.StandardGuard;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.InvalidAttributeValueException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanException;
import javax.management.MBeanInfo;
import javax.management.ReflectionException;
import javax.management.StandardMBean;
import org.jspecify.annotations.Nullable;

/** The MXBean over a guard: what the interface declares, and an attribute for each setting. */
final class GuardBean extends StandardMBean implements GuardMXBean {

    private final StandardGuard port;
    private final Map<String, Setting<?>> settings = new LinkedHashMap<>();

    GuardBean(StandardGuard port) {
        super(GuardMXBean.class, true);
        this.port = port;
        port.settings().all().forEach(setting -> settings.put(setting.attributeName(), setting));
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        MBeanInfo declared = super.getMBeanInfo();
        MBeanAttributeInfo[] attributes = Stream.concat(
                        Arrays.stream(declared.getAttributes()),
                        settings.values().stream().map(GuardBean::describe))
                .toArray(MBeanAttributeInfo[]::new);
        return new MBeanInfo(
                declared.getClassName(),
                "The guard of a port: its state, its settings, and what can be done to it.",
                attributes,
                declared.getConstructors(),
                declared.getOperations(),
                declared.getNotifications(),
                declared.getDescriptor());
    }

    private static MBeanAttributeInfo describe(Setting<?> setting) {
        return new MBeanAttributeInfo(
                setting.attributeName(),
                setting.type().jmxType().getName(),
                setting.description() + " (" + setting.name() + ", " + setting.expected() + ")",
                true,
                setting.tunable(),
                false);
    }

    @Override
    public @Nullable Object getAttribute(String name)
            throws AttributeNotFoundException, MBeanException, ReflectionException {
        Setting<?> setting = settings.get(name);
        if (setting == null) {
            return super.getAttribute(name);
        }
        Object value = port.settings().values().find(setting);
        return value == null || setting.type().jmxType().isInstance(value)
                ? value
                : port.settings().text(setting);
    }

    @Override
    public void setAttribute(Attribute attribute)
            throws AttributeNotFoundException, InvalidAttributeValueException, MBeanException, ReflectionException {
        Setting<?> setting = settings.get(attribute.getName());
        if (setting == null) {
            super.setAttribute(attribute);
            return;
        }
        Object value = attribute.getValue();
        try {
            port.settings().tune(setting.name(), value == null ? "unset" : value.toString(), 0, JmxUser.name());
        } catch (InvalidSettingException refused) {
            throw invalid(refused);
        }
    }

    private static InvalidAttributeValueException invalid(InvalidSettingException refused) {
        InvalidAttributeValueException exception = new InvalidAttributeValueException(refused.getMessage());
        // The cause is left out: a remote client need not have its class.
        exception.setStackTrace(refused.getStackTrace());
        return exception;
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        AttributeList found = new AttributeList();
        for (String name : names) {
            try {
                found.add(new Attribute(name, getAttribute(name)));
            } catch (JMException missing) {
                // As the interface demands, what cannot be read is left out.
            }
        }
        return found;
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        AttributeList set = new AttributeList();
        for (Attribute attribute : attributes.asList()) {
            try {
                setAttribute(attribute);
                set.add(attribute);
            } catch (JMException refused) {
                // As the interface demands, what cannot be set is left out.
            }
        }
        return set;
    }

    @Override
    public long getActiveRequests() {
        return port.status().activeRequests();
    }

    @Override
    public long getActiveConnections() {
        return port.status().activeConnections();
    }

    @Override
    public int getRequestLimit() {
        return port.status().requestLimit();
    }

    @Override
    public long getAdmittedRequests() {
        return port.status().admittedRequests();
    }

    @Override
    public long getRejectedRequests() {
        return port.status().rejectedRequests();
    }

    @Override
    public long getTrackedClients() {
        return port.status().trackedClients();
    }

    @Override
    public int getSheddingLevel() {
        return port.status().sheddingLevel();
    }

    @Override
    public Map<String, Double> getPressure() {
        return port.status().pressure();
    }

    @Override
    public void tune(String setting, String value, long seconds) {
        try {
            port.settings().tune(setting, value, seconds, JmxUser.name());
        } catch (InvalidSettingException refused) {
            throw new IllegalArgumentException(refused.getMessage());
        }
    }

    @Override
    public void revert() {
        port.settings().revert(JmxUser.name());
    }

    @Override
    public void ban(String client, long seconds) {
        port.ban(port.identity().keyOf(client), seconds, JmxUser.name());
    }

    @Override
    public boolean unban(String client) {
        return port.unban(port.identity().keyOf(client), JmxUser.name());
    }

    @Override
    public Map<String, Long> bans() {
        return port.bans();
    }

    @Override
    public List<TopClient> topClients(int n) {
        return port.topClients(n).stream().map(TopClient::new).toList();
    }

    @Override
    public List<ShadowedRule> shadowReport() {
        return port.shadowReport().stream().map(ShadowedRule::new).toList();
    }

    @Override
    public String diagnose() {
        Doctor doctor = Doctor.ofThisSystem(Doctor.BETWEEN_LOOKS);
        return GuardDoctor.diagnose(doctor, port).text() + "\n" + StatusReport.of(port);
    }

    @Override
    public String exportYaml() {
        return YamlExport.of(port.settings(), port.guard().name());
    }
}
