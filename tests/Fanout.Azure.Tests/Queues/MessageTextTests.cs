using System.Text;
using System.Text.Json;
using CsCheck;
using Fanout.Azure.Queues;
using Xunit;

namespace Fanout.Azure.Tests.Queues;

public sealed class MessageTextTests
{
    [Theory]
    [InlineData("{\"a\":1}", "{\"a\":1}")]
    [InlineData("// why\n{}", "// why\n{}")]
    [InlineData("eyJhIjoxfQ==", "{\"a\":1}")]
    [InlineData("", "")]
    [InlineData("//79", "//79")]
    public void Text_IsWhatWasMeant(string text, string meant) => Assert.Equal(meant, MessageText.Decode(text));

    [Fact]
    public void AnyText_ComesBackAsItWasSent() =>
        Gen.String.Where(text => !text.Any(char.IsSurrogate)).Sample(text => MessageText.Decode(MessageText.Encode(Encoding.UTF8.GetBytes(text))) == text);

    [Theory]
    [InlineData("""{"blob":"specs/a/b.json"}""", "specs/a/b.json")]
    [InlineData("""{"blob":"specs"}""", null)]
    [InlineData("""{"blob":"specs/"}""", null)]
    [InlineData("""{"blob":1}""", null)]
    [InlineData("""{"blob":"\ud800/a"}""", null)]
    [InlineData("""{"blob":"specs/a","id":"b"}""", null)]
    [InlineData("[]", null)]
    [InlineData("{", null)]
    public void Claim_IsAnObjectThatNamesABlobAndNothingElse(string text, string? blob) => Assert.Equal(blob, BlobClaim.Read(text)?.ToString());

    [Fact]
    public void WhatIsPutAside_FitsWhateverItSays() => Gen.Select(Gen.Int[0, 30_000], Gen.Char).Sample((length, character) =>
    {
        var body = PoisonQueue.Describe(new string(character, length), new string(character, length));
        using var said = JsonDocument.Parse(body);
        return body.Length <= MessageText.MaxBodyBytes && said.RootElement.GetProperty("message").GetString() is not null;
    });
}
