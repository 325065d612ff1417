using Xunit;

namespace Fanout.Cli.Tests;

public class ExitCodesTests
{
    [Fact]
    public void EveryFinalStatus_HasAnExitCode_AndNoOther()
    {
        foreach (var status in Enum.GetValues<RunStatus>())
        {
            if (status.IsFinal())
                Assert.InRange(ExitCodes.Of(status), 0, 130);
            else
                Assert.Throws<ArgumentOutOfRangeException>(() => ExitCodes.Of(status));
        }
    }
}
