using System.Text.Json.Serialization;
using Amazon.Runtime;
using Aws.Protocol;

namespace Amazon.CostExplorer;

[JsonConverter(typeof(ConstantConverter<Granularity>))]
public class Granularity(string value) : ConstantClass(value), IConstant<Granularity>
{
    public static readonly Granularity DAILY = new("DAILY");
    public static readonly Granularity MONTHLY = new("MONTHLY");
    public static readonly Granularity HOURLY = new("HOURLY");

    public static Granularity FindValue(string value) => FindValue<Granularity>(value);

    public static implicit operator Granularity(string value) => FindValue(value);
}

[JsonConverter(typeof(ConstantConverter<GroupDefinitionType>))]
public class GroupDefinitionType(string value) : ConstantClass(value), IConstant<GroupDefinitionType>
{
    public static readonly GroupDefinitionType DIMENSION = new("DIMENSION");
    public static readonly GroupDefinitionType TAG = new("TAG");
    public static readonly GroupDefinitionType COST_CATEGORY = new("COST_CATEGORY");

    public static GroupDefinitionType FindValue(string value) => FindValue<GroupDefinitionType>(value);

    public static implicit operator GroupDefinitionType(string value) => FindValue(value);
}
