using Fanout.Cli;
using Fanout.TestApp;

return await FanoutApp.RunAsync(args, fanout => fanout.AddHandler<RecordHandler>("record").AddHandler<SampledHandler>("sampled").AddHandler<DeadlyHandler>("deadly"));
