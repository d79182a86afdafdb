package io.portguard.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNameRulesTest {

    private static String found(String rules, String name) {
        return String.valueOf(ServerNameRules.parse(rules).find(name));
    }

    @Test
    void theFirstRuleThatMatchesHolds() {
        String rules = "api.example.com=critical, *.batch.example.com=background, *.example.com=deny, (none)=shadow";
        assertThat(found(rules, "api.example.com")).isEqualTo("api.example.com=critical");
        assertThat(found(rules, "a.b.batch.example.com")).isEqualTo("*.batch.example.com=background");
        assertThat(found(rules, "admin.example.com")).isEqualTo("*.example.com=deny");
        assertThat(found(rules, "example.com")).isEqualTo("null");
        assertThat(found(rules, "notexample.com")).isEqualTo("null");
        assertThat(found(rules, ".example.com")).isEqualTo("null");
        assertThat(found(rules, null)).isEqualTo("(none)=shadow");
    }

    @Test
    void theRuleForAllIsForThoseWithoutANameToo() {
        String rules = "api.example.com=allow, *=deny";
        assertThat(found(rules, "api.example.com")).isEqualTo("api.example.com=allow");
        assertThat(found(rules, "x")).isEqualTo("*=deny");
        assertThat(found(rules, null)).isEqualTo("*=deny");
    }

    @Test
    void namesAreWrittenAsPeopleWriteThem() {
        assertThat(ServerNameRules.parse("B\u00fccher.Example = Deny"))
                .hasToString("xn--bcher-kva.example=deny")
                .isEqualTo(ServerNameRules.parse("xn--bcher-kva.example=deny"));
        assertThat(ServerNameRules.parse("")).isSameAs(ServerNameRules.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.com",
                "=deny",
                "example.com=block",
                "a..example=deny",
                "*example.com=deny",
                "a.*.com=deny",
                "*.=deny",
                "a b=deny",
                "-a.example=deny",
                "a.example=deny,",
            })
    void whatIsNoRuleIsTurnedDown(String rules) {
        assertThatThrownBy(() -> ServerNameRules.parse(rules))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "NAME=ACTION, NAME a host name, *.DOMAIN, * or (none), ACTION one of allow, deny,");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*=deny | *=deny",
                "*.com=deny | *.com=deny",
                "*.co.uk=deny | *.co.uk=deny",
                "shop.example.org=allow, *.com=deny, *=deny | *.com=deny",
            })
    void anOverBroadWildcardIsTurnedDown(String rules, String blamed) {
        assertThatThrownBy(() -> ServerNameRules.parse(rules))
                .hasMessage(
                        "a wildcard below a domain of one's own, or one behind a rule that lets some of its names in; \""
                                + blamed + "\" is over-broad");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop.example.com=allow, *.com=deny",
                "shop.example.com=critical, *=deny",
                "*.com=shadow",
                "*.example.com=deny",
                "*.com=background",
            })
    void aWildcardWhoseAuthorHasThoughtOfWhatStaysIsTaken(String rules) {
        assertThat(ServerNameRules.parse(rules)).hasToString(rules);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*.example.com=deny, a.example.com=allow, *.example.com=shadow | a.example.com=allow | *.example.com=deny",
                "*.example.com=deny, *.a.example.com=deny | *.a.example.com=deny | *.example.com=deny",
                "a.example.com=deny, a.example.com=critical | a.example.com=critical | a.example.com=deny",
                "*=background, (none)=deny | (none)=deny | *=background",
            })
    void aRuleThatIsNeverReachedIsTurnedDown(String rules, String unreached, String before) {
        assertThatThrownBy(() -> ServerNameRules.parse(rules))
                .hasMessage("rules that can be reached; \"" + unreached + "\" is behind \"" + before + "\"");
    }

    @Test
    void toAllowWhatNothingRefusesIsTurnedDown() {
        assertThatThrownBy(() -> ServerNameRules.parse("api.example.com=allow"))
                .hasMessage(
                        "a rule behind \"api.example.com=allow\" that would refuse its names, such as *=deny for all"
                                + " others; without one it does nothing");
    }
}
