using Fanout.Announcing;
using Xunit;

namespace Fanout.Tests.Announcing;

public class WebhookSignatureTests
{
    private const string Secret = "it is not said";
    private const string Timestamp = "1795000000";

    private static readonly byte[] Body = "{\"runId\":\"nightly\"}"u8.ToArray();
    private static readonly DateTimeOffset SentAt = DateTimeOffset.FromUnixTimeSeconds(1_795_000_000);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    // printf '%s' '1795000000.{"runId":"nightly"}' | openssl dgst -sha256 -hmac 'it is not said'
    private const string Known = "v1=be70d84eaa1758e184feec604a0c195640b788d0a007924f2327e6246149f5d5";

    [Fact]
    public void Signature_IsTheHmacThatOthersCompute() => Assert.Equal(Known, WebhookSignature.Sign(Secret, Timestamp, Body));

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public void RequestOfAnotherTime_IsNotBelieved(int age, bool expected) =>
        Assert.Equal(expected, WebhookSignature.Verify(Secret, Timestamp, Body, Known, Tolerance, SentAt.AddSeconds(age)));

    [Fact]
    public void OtherSecretBodyOrTimestamp_IsNotBelieved()
    {
        Assert.False(WebhookSignature.Verify("it is said", Timestamp, Body, Known, Tolerance, SentAt));
        Assert.False(WebhookSignature.Verify(Secret, Timestamp, "{\"runId\":\"nightlx\"}"u8, Known, Tolerance, SentAt));
        Assert.False(WebhookSignature.Verify(Secret, "1795000001", Body, Known, Tolerance, SentAt));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("v1=")]
    [InlineData("v1=zz")]
    [InlineData("v1=00")]
    [InlineData("v2=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("v1=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("v1=000000000000000000000000000000000000000000000000000000000000000000")]
    public void SignatureThatIsNone_IsNotBelieved(string? signature) =>
        Assert.False(WebhookSignature.Verify(Secret, Timestamp, Body, signature, Tolerance, SentAt));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("-1795000000")]
    [InlineData("1795000000.0")]
    [InlineData("9223372036854775807")]
    public void TimestampThatIsNone_IsNotBelieved(string? timestamp) =>
        Assert.False(WebhookSignature.Verify(Secret, timestamp, Body, WebhookSignature.Sign(Secret, timestamp ?? "", Body), Tolerance, SentAt));

    [Fact]
    public void SignatureInCapitals_IsTheSame() =>
        Assert.True(WebhookSignature.Verify(Secret, Timestamp, Body, "v1=" + Known[3..].ToUpperInvariant(), Tolerance, SentAt));
}
