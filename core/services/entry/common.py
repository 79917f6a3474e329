"""Words of passwords that are common in China, the commonest first; the library's lists know few of them."""

_WORDS = """
woaini woaini1314 5201314 1314520 woaini520 aini1314 1314 520 521 7758521 woaiwojia woaizhongguo
wodemima mima mima123 guanliyuan admin admin@123 admin@ admin888 admin123 abc@123 abcd@1234
qwer@1234 pass@ root@ test@ user@ system@ huawei@123 password@ p@ssw0rd a123456 aa123456
a1234567 abc123456 q123456 qq123456 123456a 123456aa 123456abc 123456qq 1qaz2wsx 1qaz@wsx qaz123
zxc123 asd123 qwe123 qweasd qweasdzxc 1q2w3e4r 147258369 147258 159357 258369 789456123 123123
123321 112233 111222 100200 168168 666888 888888 666666 518518 521521 520520 5211314 3344520
9958123 wang zhang li liu chen yang huang zhao zhou wu xu sun ma zhu hu lin guo wangwei zhangwei
liwei liuwei wangfang lina zhangmin lijing wangjing liujing zhangjing zhangli liqiang wanglei
zhanglei lilei liuyang zhangyang wangyang xiaoming xiaohong xiaobao zhongguo zhonghua beijing
shanghai guangzhou shenzhen tianjin chongqing hubei wuhan jilin changchun shandong jinan
liaocheng sichuan chengdu zhejiang hangzhou jiangsu nanjing guangdong henan hunan hebei fujian
anhui renmin zhengfu gongxin qiye zhongxiaoqiye fuwu pingtai zhuanjia xitong dengji rending
shenbao shenqing nihao nihaoma dajiahao xiexie jiayou facai gongxifacai laopo laogong baobao
baobei mama baba qinaide wo ai ni tianya taobao alibaba zhifubao tencent weixin baidu wangyi
sina sohu xiaomi caonima shabi wocao diaosi asdasd dearbook xiazhili kangta peiqi 密码 我爱你 中国 中国人民
管理员 一二三四五六 你好 服务平台 中小企业
"""
COMMON = tuple(_WORDS.split())
