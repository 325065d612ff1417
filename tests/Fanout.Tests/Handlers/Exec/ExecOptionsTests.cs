using Fanout.Handlers.Exec;
using Xunit;

namespace Fanout.Tests.Handlers.Exec;

public sealed class ExecOptionsTests
{
    [Theory]
    [InlineData("""{"command":["true"]}""")]
    [InlineData("""{"command":["/bin/sh","-c","{}"],"env":{"A":"{}"},"input":"item","output":"json","append":false}""")]
    [InlineData("""{"command":["{}"],"workingDirectory":"/tmp","successExitCodes":[0,1],"permanentExitCodes":[2],"maxOutputBytes":1}""")]
    public void LegalOptions_AreAccepted(string options) => Assert.Empty(ExecOptionsReader.Validate(Attempts.Json(options)));

    [Theory]
    [InlineData("""{}""", "/command")]
    [InlineData("""{"command":[]}""", "/command")]
    [InlineData("""{"command":"true"}""", "/command")]
    [InlineData("""{"command":[5]}""", "/command/0")]
    [InlineData("""{"command":["true","{a"]}""", "/command/1")]
    [InlineData("""{"command":[""]}""", "/command/0")]
    [InlineData("""{"command":["no-such-program-here"]}""", "/command/0")]
    [InlineData("""{"command":["/etc/passwd"]}""", "/command/0")]
    [InlineData("""{"command":["true"],"env":{"A=B":"x"}}""", "/env/A=B")]
    [InlineData("""{"command":["true"],"env":{"A":"{"}}""", "/env/A")]
    [InlineData("""{"command":["true"],"env":[]}""", "/env")]
    [InlineData("""{"command":["true"],"workingDirectory":"/no/such/place"}""", "/workingDirectory")]
    [InlineData("""{"command":["true"],"input":"yes"}""", "/input")]
    [InlineData("""{"command":["true"],"output":5}""", "/output")]
    [InlineData("""{"command":["true"],"append":"yes"}""", "/append")]
    [InlineData("""{"command":["true"],"maxOutputBytes":0}""", "/maxOutputBytes")]
    [InlineData("""{"command":["true"],"successExitCodes":[256]}""", "/successExitCodes/0")]
    [InlineData("""{"command":["true"],"timeout":"5s"}""", "/timeout")]
    public void IllegalOptions_AreRefusedByPointer_WithARemedy(string options, string pointer)
    {
        var error = Assert.Single(ExecOptionsReader.Validate(Attempts.Json(options)));

        Assert.Equal(pointer, error.Pointer);
        Assert.NotEmpty(error.Problem);
        Assert.NotEmpty(error.Remedy);
    }

    [Fact]
    public void NoOptions_AreRefused() => Assert.Equal("/command", Assert.Single(ExecOptionsReader.Validate(null)).Pointer);
}
