using Fanout.Cli.Wiring;
using Xunit;

namespace Fanout.Cli.Tests.Wiring;

public class ProcessEnvironmentTests
{
    [Theory]
    [InlineData("/usr/bin/fanout", "Fanout.Cli", "fanout")]
    [InlineData("/src/bin/Fanout.Cli", "Fanout.Cli", "fanout")]
    [InlineData("/usr/bin/dotnet", "Fanout.Cli", "fanout")]
    [InlineData("/usr/bin/dotnet", "MyApp", "MyApp")]
    [InlineData("/opt/my.app", "My.App", "my.app")]
    [InlineData("/opt/myapp.exe", "MyApp", "myapp")]
    [InlineData(null, null, "fanout")]
    public void TheProgramIsCalledByItsFile_UnlessThatIsTheRuntime(string? processPath, string? assembly, string expected) =>
        Assert.Equal(expected, ProcessEnvironment.ProgramName(processPath, assembly));
}
